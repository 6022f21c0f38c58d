/* attribute_types.c - the table of attribute types that every store has (rest-v2 2.3, 3.9). */
#include "model/attribute_types.h"

#include "base/mem.h"
#include "base/str.h"

/* Lengths: prose, a paragraph, a line. */
#define PROSE 65535
#define PARAGRAPH 5000
#define LINE 500
#define WORD 100

#define ROW(name, text, length, markdown)                                                          \
    {                                                                                              \
        name, text, length, markdown, true, "Please enter a valid " name, NULL, NULL, NULL, NULL   \
    }
#define CHOICE(name, text, options)                                                                \
    {                                                                                              \
        name, text, WORD, false, true, "Please enter a valid " name, name, "SelectOne", options,   \
            "One of the listed values"                                                             \
    }
#define DATE(name, text)                                                                           \
    {                                                                                              \
        name, text, WORD, false, true, "Please enter a valid " name, name, "Date", NULL,           \
            "A date, with or without a time"                                                       \
    }

#define KILL_CHAIN                                                                                 \
    "Reconnaissance;Weaponization;Delivery;Exploitation;Installation;C2;"                          \
    "Command and Control;Action on Objectives;Actions on Objectives"

/* By name. Rules stand only where the set of values is closed: a feed must not lose what another
 * instance took. */
static const toc_attribute_type builtin[] = {
    ROW("Additional Analysis and Context", "What analysts found out beyond the description", PROSE,
        true),
    ROW("Additional Owner Contact", "Whom to ask about the record", LINE, false),
    ROW("Adversary Motivation Type", "Why the adversary acts: money, espionage, protest, ...", LINE,
        false),
    ROW("Adversary Origin", "Country or region that the adversary works from", LINE, false),
    ROW("Adversary Type", "What the adversary is: a state, a gang, an insider, ...", LINE, false),
    ROW("Aliases", "Other names of the same thing", PARAGRAPH, false),
    ROW("Attack Vector", "The way into the victim's systems", LINE, false),
    ROW("Capabilities", "What the adversary or tool is able to do", PROSE, true),
    ROW("Commodity Tool", "Name of a tool that anyone can get", LINE, false),
    ROW("Course of Action Recommendation", "What a defender should do", PROSE, true),
    ROW("Course of Action Taken", "What a defender has done", PROSE, true),
    ROW("CVE ID", "Identifier of a published vulnerability", LINE, false),
    ROW("CVSS Score", "Severity of a vulnerability by CVSS", WORD, false),
    ROW("Description", "What the record is about", PROSE, true),
    ROW("Detection Method", "How it can be noticed", PARAGRAPH, true),
    ROW("Discovery Method", "How it was found", LINE, false),
    ROW("External ID", "Identifier in the system that the record came from", LINE, false),
    DATE("External Date Added", "When the record was made where it came from"),
    DATE("External Date Expires", "When the record stops to count where it came from"),
    DATE("External Date Last Modified", "When the record was last changed where it came from"),
    ROW("External References", "Links and citations", PROSE, true),
    ROW("Exploit Name", "Name of the exploit that was used", LINE, false),
    ROW("First Seen", "When it was seen for the first time", WORD, false),
    ROW("Geolocation", "Where it is, in words or coordinates", LINE, false),
    ROW("Goals", "What the adversary wants to reach", PROSE, true),
    ROW("Identified Victim", "Who was hit", LINE, false),
    ROW("Impact", "What harm was done or is feared", PARAGRAPH, true),
    ROW("Impact Score", "How bad it is, as a number or a word", WORD, false),
    ROW("Implementation Language", "Programming language of the malware", WORD, false),
    ROW("Infrastructure Ownership", "Who owns or rents the infrastructure", LINE, false),
    ROW("Intrusion Set", "The set of activities it is counted to", LINE, false),
    ROW("Kill Chain", "Phase and model in one text", LINE, false),
    ROW("Last Seen", "When it was seen for the last time", WORD, false),
    ROW("Malware Configuration", "Settings found in a sample", PROSE, true),
    ROW("Malware Family Name", "The family that a sample belongs to", LINE, false),
    ROW("Malware Type", "What a sample does: ransomware, loader, stealer, ...", LINE, false),
    ROW("MITRE ATT&CK Technique", "Technique by number or name", LINE, false),
    ROW("Note", "A remark", PROSE, true),
    ROW("Objective", "What this activity is for", PARAGRAPH, true),
    CHOICE("Phase of Intrusion", "Where in an intrusion it is seen", KILL_CHAIN),
    ROW("Platform", "Operating systems or products that are affected", LINE, false),
    ROW("Port", "Network port or ports", LINE, false),
    ROW("Protocol", "Network protocol", LINE, false),
    ROW("Report Source", "Publisher of the report", LINE, false),
    ROW("Resource Level", "Means that the adversary commands", LINE, false),
    ROW("Score", "A number that a feed gives", WORD, false),
    ROW("Signature Name", "Name of the rule that finds it", LINE, false),
    ROW("Sophistication", "How skilled the adversary is", LINE, false),
    ROW("Source", "Where the information comes from", PARAGRAPH, true),
    ROW("Source Confidence", "How far the sender trusts the information", LINE, false),
    ROW("Source Date Time", "When the sender had the information", LINE, false),
    ROW("Status", "State of the matter at the sender", LINE, false),
    ROW("Tactics, Techniques, and Procedures", "How the adversary goes about it", PROSE, true),
    ROW("Targeted Country", "Country that is aimed at", LINE, false),
    ROW("Targeted Industry Sector", "Industry that is aimed at", LINE, false),
    ROW("Targeted Region", "Part of the world that is aimed at", LINE, false),
    ROW("Targeted Software", "Product that is aimed at", LINE, false),
    ROW("Threat Level", "How dangerous it is, in the sender's words", WORD, false),
    ROW("Threat Type", "What kind of threat it is", LINE, false),
    ROW("Tool", "Tool that was used", LINE, false),
    ROW("Traffic Light Protocol", "How far the record may travel, in words", WORD, false),
    ROW("Usage Example", "How it was used", PROSE, true),
    ROW("Vendor Reference", "Advisory of the maker", LINE, false),
    ROW("Version", "Version of the thing described", LINE, false),
};

const toc_attribute_type *toc_attribute_type_list(size_t *count)
{
    *count = TOC_COUNT(builtin);
    return builtin;
}

const toc_attribute_type *toc_attribute_type_find(toc_str name)
{
    for (size_t i = 0; i < TOC_COUNT(builtin); i++) {
        if (toc_str_equal_fold(toc_str_of(builtin[i].name), name))
            return &builtin[i];
    }
    return NULL;
}
