// The server speaks the Model Context Protocol on its standard streams; this is the least client that can ask it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const given = process.env;
const server = spawn(process.execPath, [given.MCP_SERVER], {
  env: { ...given, MCP_TRANSPORT_TYPE: "stdio", NCBI_ADMIN_EMAIL: "clients@example.org", LOGS_DIR: given.SCRATCH },
  stdio: ["pipe", "pipe", "ignore"],
});
const waiting = new Map();
createInterface({ input: server.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});
let last = 0;
function send(method, params) {
  const id = ++last;
  server.stdin.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n");
  return new Promise((resolve, reject) => {
    waiting.set(id, resolve);
    setTimeout(() => reject(new Error("no answer within 60 s")), 60_000);
  });
}
async function check(verb, tool, args, good) {
  let said;
  try {
    const { result, error } = await send("tools/call", { name: tool, arguments: args });
    const came = JSON.stringify(result ?? error);
    said = !error && !result.isError && good(came) ? "ok" : `got <${came.slice(0, 300)}>`;
  } catch (error) {
    said = `${error}`.replace(/\s+/g, " ").slice(0, 300);
  }
  console.log(`${verb}\t${said}`);
}

await send("initialize", {
  protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "clients", version: "1" },
});
server.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
await check("search", "pubmed_search_articles", { query: given.QUERY }, (came) => came.includes(`"totalFound":${given.COUNT}`) || came.includes(given.COUNT));
await check("fetch XML", "pubmed_fetch_articles", { pmids: [given.PMID] }, (came) => came.includes(given.DOI));
await check("link related", "pubmed_find_related", { pmid: given.PMID, relationship: "similar" }, (came) => !came.includes('"totalFound":0'));
await check("link cited by", "pubmed_find_related", { pmid: given.CITED, relationship: "cited_by" }, (came) => !came.includes('"totalFound":0'));
await check("spelling", "pubmed_spell_check", { query: given.MISSPELT }, (came) => came.includes(given.QUERY_WORDS));
await check("citation", "pubmed_lookup_citation", {
  citations: [{ journal: given.JOURNAL, year: given.YEAR, volume: given.VOLUME, firstPage: given.PAGE, authorName: given.AUTHOR }],
}, (came) => came.includes(given.PMID));
await check("unknown journal", "pubmed_lookup_citation", {
  citations: [{ journal: "fake journal", year: "2000", volume: "1", firstPage: "1", authorName: "nobody" }],
}, (came) => came.includes('"key":"1"') && came.includes("INVALID_JOURNAL"));
server.kill();
