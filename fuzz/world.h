/* world.h - what the fuzzed store holds: one object of everything, with ids that seeds name. */
#ifndef TOC_FUZZ_WORLD_H
#define TOC_FUZZ_WORLD_H

#define WORLD_MD5 "0123456789abcdef0123456789abcdef"
#define WORLD_SHA1 "0123456789abcdef0123456789abcdef01234567"
#define WORLD_ATTRIBUTE "{\"type\":\"Description\",\"value\":\"seen\",\"displayed\":true}"
#define WORLD_JOB                                                                                  \
    "{\"version\":\"V2\",\"owner\":\"Sanctum\",\"action\":\"Create\",\"attributeWriteType\":"      \
    "\"Replace\",\"haltOnError\":false}"
#define WORLD_ITEMS                                                                                \
    "{\"indicator\":[{\"type\":\"Host\",\"summary\":\"batch.example\"},"                           \
    "{\"type\":\"Address\",\"summary\":\"not an address\"}]}"

/* Definitions of every sort of rule, an indicator type with three keys, two associations. */
static const char world_types[] =
    "[{\"name\":\"Choice\",\"maxSize\":\"20\",\"validationRule\":{\"name\":\"c\",\"type\":"
    "\"SelectOne\",\"text\":\"red;green\"}},"
    "{\"name\":\"Pattern\",\"maxSize\":\"200\",\"errorMessage\":\"no\",\"validationRule\":"
    "{\"name\":\"p\",\"type\":\"Regex\",\"text\":\"(a+)+b|[0-9]{2,4}\"}},"
    "{\"name\":\"Day\",\"maxSize\":\"40\",\"validationRule\":{\"name\":\"d\",\"type\":\"Date\"}},"
    "{\"name\":\"Number\",\"maxSize\":\"9\",\"validationRule\":{\"name\":\"n\",\"type\":"
    "\"Integer\"}},"
    "{\"name\":\"Wallet\",\"apiBranch\":\"wallets\",\"apiEntity\":\"wallet\",\"casePreference\":"
    "\"lower\",\"parsable\":\"true\",\"value1Label\":\"Coin\",\"value1Type\":\"selectone\","
    "\"value1Option\":\"btc;eth\",\"value2Label\":\"Account\",\"value3Label\":\"Memo\"},"
    "{\"name\":\"Wallet Host\",\"apiBranch\":\"walletToHost\",\"fileAction\":\"false\","
    "\"leftTypes\":[\"Wallet\"],\"rightTypes\":[\"Host\"]},"
    "{\"name\":\"File Wallet\",\"apiBranch\":\"wallet\",\"fileAction\":\"true\",\"leftTypes\":"
    "[\"File\"],\"rightTypes\":[\"Wallet\",\"Host\"]}]";

/* In order; the id of what a step makes follows from the order, and the seeds of the corpus name
 * it: steps are added at the end of their kind. */
static const struct {
    const char *method, *target, *body;
    const char *id; /* that stands in the answer */
} world_steps[] = {
    {"POST", "/v2/indicators/hosts", "{\"hostName\":\"evil.example\"}", "\"id\":1,"},
    {"POST", "/v2/indicators/addresses", "{\"ip\":\"203.0.113.7\"}", "\"id\":2,"},
    {"POST", "/v2/indicators/cidrBlocks", "{\"Block\":\"203.0.113.0/24\"}", "\"id\":3,"},
    {"POST", "/v2/indicators/files", "{\"md5\":\"" WORLD_MD5 "\"}", "\"id\":4,"},
    {"POST", "/v2/indicators/urls", "{\"text\":\"http://evil.example/gone\"}", "\"id\":5,"},
    {"DELETE", "/v2/indicators/urls/http%3A%2F%2Fevil.example%2Fgone", NULL, NULL},
    {"POST", "/v2/indicators/files/" WORLD_MD5 "/fileOccurrences", "{\"fileName\":\"a.exe\"}",
     "\"id\":1,"},
    {"POST", "/v2/indicators/files", "{\"sha1\":\"" WORLD_SHA1 "\"}", "\"id\":6,"},
    {"POST", "/v2/indicators/wallets", "{\"Coin\":\"btc\",\"Account\":\"x\",\"Memo\":\"y\"}",
     "\"id\":7,"},
    {"POST", "/v2/groups/incidents", "{\"name\":\"Raid\"}", "\"id\":1,"},
    {"POST", "/v2/groups/threats", "{\"name\":\"Menace\"}", "\"id\":2,"},
    {"POST", "/v2/groups/adversaries", "{\"name\":\"Heron\"}", "\"id\":3,"},
    {"POST", "/v2/groups/documents", "{\"name\":\"Memo\",\"fileName\":\"memo.txt\"}", "\"id\":4,"},
    {"POST", "/v2/groups/documents",
     "{\"name\":\"Sample\",\"fileName\":\"s.zip\",\"malware\":true,\"password\":\"infected\"}",
     "\"id\":5,"},
    {"POST", "/v2/groups/signatures",
     "{\"name\":\"Rule\",\"fileName\":\"r.yar\",\"fileType\":\"YARA\",\"fileText\":\"rule x{}\"}",
     "\"id\":6,"},
    {"POST", "/v2/tasks", "{\"name\":\"Block\"}", "\"id\":7,"},
    {"POST", "/v2/tasks", "{\"name\":\"Tell\"}", "\"id\":8,"},
    {"POST", "/v2/victims", "{\"name\":\"Front desk\"}", "\"id\":9,"},
    {"POST", "/v2/victims", "{\"name\":\"Back office\"}", "\"id\":10,"},
    {"POST", "/v2/victims/9/victimAssets/emailAddresses", "{\"address\":\"a@b.example\"}",
     "\"id\":11,"},
    {"POST", "/v2/victims/10/victimAssets/webSites", "{\"webSite\":\"b.example\"}", "\"id\":12,"},
    {"POST", "/v2/groups/adversaries/3/adversaryAssets/handles", "{\"handle\":\"darkheron\"}",
     "\"id\":13,"},
    {"POST", "/v2/indicators/hosts/evil.example/attributes", WORLD_ATTRIBUTE, "\"id\":1,"},
    {"POST", "/v2/groups/incidents/1/attributes", WORLD_ATTRIBUTE, "\"id\":2,"},
    {"POST", "/v2/tasks/7/attributes", WORLD_ATTRIBUTE, "\"id\":3,"},
    {"POST", "/v2/victims/9/attributes", WORLD_ATTRIBUTE, "\"id\":4,"},
    {"POST", "/v2/securityLabels", "{\"name\":\"Internal\",\"description\":\"ours\"}", NULL},
    {"POST", "/v2/tags", "{\"name\":\"Phish Kit\"}", NULL},
    {"POST", "/v2/groups/incidents/1/victims/9", NULL, NULL},
    {"POST", "/v2/groups/incidents/1/victims/10", NULL, NULL},
    {"POST", "/v2/groups/incidents/1/indicators/addresses/203.0.113.7", NULL, NULL},
    {"POST", "/v2/groups/incidents/1/tags/Phish%20Kit", NULL, NULL},
    {"POST", "/v2/indicators/hosts/evil.example/securityLabels/Internal", NULL, NULL},
    {"POST", "/v2/indicators/hosts/evil.example/tags/Phish%20Kit", NULL, NULL},
    {"POST", "/v2/groups/incidents/1/securityLabels/Internal", NULL, NULL},
    {"POST", "/v2/groups/incidents/1/indicators/hosts/evil.example", NULL, NULL},
    {"POST", "/v2/groups/threats/2/indicators/hosts/evil.example", NULL, NULL},
    {"POST", "/v2/indicators/hosts/evil.example/attributes/1/securityLabels/Internal", NULL, NULL},
    {"POST",
     "/v2/indicators/cidrBlocks/203.0.113.0%2F24/associations/cidrToAddress/indicators/addresses/"
     "203.0.113.7",
     NULL, NULL},
    {"POST", "/v2/tasks/7/assignees/$user", NULL, NULL},
    {"POST", "/v2/tasks/7/escalatees/$user", NULL, NULL},
    {"POST", "/v2/indicators/hosts/evil.example/observations", "{\"count\":2}", NULL},
    {"POST", "/v2/customMetrics",
     "{\"name\":\"Sightings\",\"dataType\":\"Sum\",\"interval\":\"Daily\",\"keyedValues\":true,"
     "\"description\":\"x\"}",
     "\"id\":1,"},
    {"POST", "/v2/batch", WORLD_JOB, "\"batchId\":1"},
    {"POST", "/v2/batch/1", WORLD_ITEMS, NULL},
    {"POST", "/v2/batch", WORLD_JOB, "\"batchId\":2"},
    {"POST", "/v2/batch", WORLD_JOB, "\"batchId\":3"},
    {"POST", "/v2/groups/documents/4/upload", "content of the memo", NULL},
};
#endif
