use strict;
use warnings;
use Bio::DB::EUtilities;

sub check {
    my ($verb, $ask, $good) = @_;
    my $said = eval {
        my @came = $ask->();
        $good->(@came) ? "ok" : "got <" . substr(join(" ", map { $_ // "undef" } @came), 0, 300) . ">";
    };
    $said //= substr($@, 0, 300);
    $said =~ s/\s+/ /g;
    print "$verb\t$said\n";
}

sub ask { Bio::DB::EUtilities->new(-email => 'clients@example.org', -db => 'pubmed', @_) }

my ($pmid, $count) = @ENV{qw(PMID COUNT)};

check("search", sub { ask(-eutil => 'esearch', -term => $ENV{QUERY})->get_count }, sub { $_[0] == $count });
check("history", sub {
    my $found = ask(-eutil => 'esearch', -term => $ENV{QUERY}, -usehistory => 'y');
    my $kept = $found->next_History or die "no history";
    my $fetch = ask(-eutil => 'efetch', -history => $kept, -rettype => 'uilist', -retmode => 'text');
    scalar split /\n/, $fetch->get_Response->content;
}, sub { $_[0] == $count });
check("summary", sub { ask(-eutil => 'esummary', -id => [$pmid])->next_DocSum->get_id }, sub { $_[0] == $pmid });
check("fetch XML", sub { ask(-eutil => 'efetch', -id => [$pmid], -retmode => 'xml')->get_Response->content }, sub { $_[0] =~ /<PubmedArticle>/ });
check("fetch MEDLINE", sub { ask(-eutil => 'efetch', -id => [$pmid], -rettype => 'medline', -retmode => 'text')->get_Response->content }, sub { $_[0] =~ /PMID- $pmid/ });
check("fetch abstract", sub { ask(-eutil => 'efetch', -id => [$pmid], -rettype => 'abstract', -retmode => 'text')->get_Response->content }, sub { index($_[0], $ENV{DOI}) >= 0 });
check("post", sub { ask(-eutil => 'epost', -id => [$pmid, $ENV{SECOND}])->next_History->history }, sub { @_ > 0 });
check("link related", sub { ask(-eutil => 'elink', -dbfrom => 'pubmed', -id => [$pmid], -linkname => 'pubmed_pubmed')->get_ids }, sub { grep { $_ == $pmid } @_ });
check("link score", sub { ask(-eutil => 'elink', -dbfrom => 'pubmed', -id => [$pmid], -cmd => 'neighbor_score')->next_LinkSet->get_ids }, sub { @_ > 0 });
check("link history", sub { ask(-eutil => 'elink', -dbfrom => 'pubmed', -id => [$pmid], -cmd => 'neighbor_history')->next_History->history }, sub { @_ > 0 });
check("link to PMC", sub {
    Bio::DB::EUtilities->new(-email => 'clients@example.org', -eutil => 'elink', -dbfrom => 'pubmed', -db => 'pmc', -id => [$ENV{IN_PMC}])->get_ids;
}, sub { grep { "PMC$_" eq $ENV{PMCID} } @_ });
check("link checks", sub { ask(-eutil => 'elink', -dbfrom => 'pubmed', -id => [$pmid], -cmd => 'acheck')->get_Response->content }, sub { $_[0] =~ /<LinkName>/ });
check("link-outs", sub { map { $_->get_url } ask(-eutil => 'elink', -dbfrom => 'pubmed', -id => [$pmid], -cmd => 'llinks')->next_LinkSet->get_UrlLinks }, sub { @_ > 0 });
check("info", sub { map { $_->get_field_code } ask(-eutil => 'einfo')->get_FieldInfo }, sub { @_ > 0 });
check("spelling", sub { ask(-eutil => 'espell', -term => $ENV{MISSPELT})->get_corrected_query }, sub { $_[0] eq $ENV{QUERY_WORDS} });
check("all databases", sub {
    my $asked = Bio::DB::EUtilities->new(-email => 'clients@example.org', -eutil => 'egquery', -term => $ENV{QUERY});
    $asked->get_count('pubmed');
}, sub { $_[0] == $count });
