const { pubmed } = require("node-ncbi");
const given = process.env;

async function check(verb, ask, good) {
  let said;
  try {
    const came = await ask();
    said = good(came) ? "ok" : `got <${JSON.stringify(came)?.slice(0, 300)}>`;
  } catch (error) {
    said = `${error}`.replace(/\s+/g, " ").slice(0, 300);
  }
  console.log(`${verb}\t${said}`);
}

(async () => {
  await check("search", () => pubmed.search(given.QUERY), (came) => String(came.count) === given.COUNT);
  await check("summary", () => pubmed.summary(given.PMID), (came) => String(came.pmid) === given.PMID);
  await check("fetch abstract", () => pubmed.abstract(given.PMID), (came) => came.length > 50);
  await check("link related", () => pubmed.similar(given.PMID), (came) => came.length > 0 || came.papers?.length > 0);
  await check("link cited by", () => pubmed.citedBy(given.CITED), (came) => came.length > 0 || came.papers?.length > 0);
})();
