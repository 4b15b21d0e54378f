"""Facts of Iraq: sources, P-code schemes, notes, and spellings of areas, programmes, cities."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geodata.i18n.messages import gettext

DTM, DTM_API, DTM_REPORTS, UNHCR, COD, CSO, PROGRAMMES, NATURAL_EARTH = (
    "iom-dtm",
    "iom-dtm-api",
    "iom-dtm-reports",
    "unhcr-syrian-refugees",
    "ocha-cod-ab",
    "cso-residents",
    "iom-programmes",
    "natural-earth",
)

# DTM's lists and its API are of one publisher, on one set of terms.
_DTM_TERMS = gettext(
    "© International Organization for Migration (IOM), Displacement Tracking Matrix "
    "(DTM). Non-commercial use with the credit below."
)
_DTM_CREDIT = gettext(
    "Source: International Organization for Migration (IOM), Displacement Tracking "
    "Matrix (DTM) Iraq"
)

SOURCES = (
    {
        "id": DTM,
        "role": "counts",
        "title": "Displacement Tracking Matrix (DTM) Iraq, Master Lists",
        "publisher": "International Organization for Migration (IOM)",
        "url": "https://iraqdtm.iom.int/",
        "terms": _DTM_TERMS,
        "credit": _DTM_CREDIT,
        "what": gettext(
            "Households and individuals displaced or returned, by governorate and district and "
            "round; households by origin, shelter type and period of displacement."
        ),
    },
    {
        "id": DTM_API,
        "role": "counts",
        "title": "Displacement Tracking Matrix (DTM) Iraq, API v3, rounds 121 to 134",
        "publisher": "International Organization for Migration (IOM); read from a public copy of "
        "22 September 2026",
        "url": "https://dtm.iom.int/data-and-analysis/dtm-api",
        "terms": _DTM_TERMS,
        "credit": _DTM_CREDIT,
        "what": gettext(
            "People displaced, by governorate and round, from April 2021 on, and by governorate of "
            "origin for rounds 132 to 134. Read from a copy of DTM's answers "
            "(https://github.com/MANARALERYANI/MENA-DISPLACEMENT-MONITOR at aec7e743); every round "
            "adds up to the total that a report prints or another copy holds. From round 134 on "
            "its P-codes are those of 2014; places are told by name."
        ),
    },
    {
        "id": DTM_REPORTS,
        "role": "published",
        "title": "National totals in reports on DTM Iraq",
        "publisher": "International Organization for Migration (IOM), and texts that quote it; "
        "each named beside its figure",
        "url": "https://iraqdtm.iom.int/",
        "terms": gettext("Figures quoted from public reports, each with its source."),
        "credit": gettext("National totals: reports of IOM DTM Iraq, and texts that quote them"),
        "what": gettext(
            "People displaced and people returned in the whole country, as printed: a check on the "
            "lists, and for returnees the only figures after 28 February 2021."
        ),
    },
    {
        "id": UNHCR,
        "role": "counts",
        "title": "Syrian refugees registered by UNHCR in Iraq",
        "publisher": "UNHCR, as quoted in the two reports below",
        "url": "https://data.unhcr.org/en/situations/syria/location/5",
        "terms": gettext(
            "Figures quoted from public reports of 7 September 2012 and 31 August 2017, "
            "with their source."
        ),
        "credit": gettext("Source: UNHCR registration of Syrian refugees in Iraq"),
        "what": gettext(
            "Registered Syrian refugees by governorate on the two dates for which the "
            "breakdown is complete: 7 September 2012 "
            "(https://yourmiddleeast.com/2012/09/07/more-than-21500-syrian-refugees-in-iraq/) and "
            "31 August 2017 (https://m.moam.info/iraq-syria-iraq-syrian-refugee-stats-and-locations-"
            "stories-from-_647a03c1097c476f028c2870.html)."
        ),
    },
    {
        "id": COD,
        "role": "boundaries",
        "title": "Common Operational Dataset, administrative boundaries (COD-AB) of Iraq, "
        "valid 3 June 2019",
        "publisher": "OCHA and the Iraq Central Statistical Organization (CSO)",
        "url": "https://data.humdata.org/dataset/cod-ab-irq",
        "terms": gettext("Creative Commons Attribution 3.0 IGO (CC BY 3.0 IGO)."),
        "credit": gettext("Boundaries: OCHA and Iraq CSO, COD-AB 2019, simplified"),
        "what": gettext(
            "18 governorates and 101 districts: boundaries, P-codes, English and Arabic names."
        ),
    },
    {
        "id": CSO,
        "role": "residents",
        "title": "Population estimates of governorates",
        "publisher": "Iraq Central Statistical Organization (CSO), via citypopulation.de",
        "url": "https://www.citypopulation.de/en/iraq/cities/",
        "terms": gettext("Official statistics, quoted with their source."),
        "credit": gettext("Residents: Iraq CSO, estimate for 2018"),
        "what": gettext(
            "Residents of each governorate in 2018, the fixed denominator of figures per 1,000 "
            "residents; Halabja is added to Sulaymaniyah."
        ),
    },
    {
        "id": PROGRAMMES,
        "role": "programmes",
        "title": "IOM programmes in Iraq: coverage and reported results",
        "publisher": "Compiled from public texts of IOM and partners, each named beside its row",
        "url": "https://iraq.iom.int/",
        "terms": gettext(
            "Facts quoted from public texts, each with its source. The grouping in pillars is "
            "a reading, not a statement of IOM."
        ),
        "credit": gettext("Programmes: public texts of IOM Iraq"),
        "what": gettext(
            "Where and when a source says a programme worked, and results as printed. "
            "Results overlap and are never added up."
        ),
    },
    {
        "id": NATURAL_EARTH,
        "role": "orientation",
        "title": "Natural Earth: neighbouring countries (1:50m) and cities (1:10m)",
        "publisher": "Natural Earth",
        "url": "https://www.naturalearthdata.com/",
        "terms": gettext("Public domain."),
        "credit": gettext("Neighbours and cities: Natural Earth"),
        "what": gettext(
            "Outlines of neighbouring countries and locations of cities, for orientation only."
        ),
    },
)

FIRST_NUMBERED_ROUND = 12

GOVERNORATES_OF_2014 = {
    "G01": "IQG01",
    "G02": "IQG02",
    "G03": "IQG03",
    "G04": "IQG05",
    "G05": "IQG06",
    "G06": "IQG07",
    "G07": "IQG08",
    "G08": "IQG09",
    "G09": "IQG17",
    "G10": "IQG10",
    "G11": "IQG11",
    "G12": "IQG12",
    "G13": "IQG13",
    "G14": "IQG14",
    "G15": "IQG15",
    "G16": "IQG18",
    "G17": "IQG04",
    "G18": "IQG16",
}
"""OCHA's governorates of 2014 (``IQ-G01`` …) ``->`` P-code of COD-AB 2019, one by one by name."""

COUNTRY: dict[str, Any] = {
    "code": "IRQ",
    "name": gettext("Iraq"),
    "disclaimer": gettext(
        "The boundaries and names shown and the designations used on this map do not imply "
        "official endorsement or acceptance."
    ),
    "residents_year": 2018,
    # Before 15 January 2015 numbers are by the order of dates only, and are not shown.
    "first_numbered_round": FIRST_NUMBERED_ROUND,
    # How IOM estimates people from households (its report of round 118).
    "household_sizes": [
        {"until": "2020-07-31", "people": 6, "in_camps": 6},
        {"from": "2020-08-01", "people": 6, "in_camps": 5},
    ],
    # OCHA renumbered Iraq's P-codes in 2019. Dropping the hyphen would put a count in another
    # governorate without a sound.
    "former_codes": [
        {
            "pattern": "IQ-G[0-9]{2}(-?Q[0-9]{2})?",
            "sentence": gettext(
                "P-code {code} is of the numbering before 2019, in which the same digits meant "
                "other governorates (IQ-G08 was Dahuk, IQG08 is Baghdad). Do not drop the hyphen: "
                "look the place up by name, or use codes of COD-AB 2019 (IQG01 to IQG18)."
            ),
        },
        {
            "pattern": "IRQ-?G[0-9]{2}(-?Q[0-9]{2})?",
            "sentence": gettext(
                "P-code {code} does not say of which numbering it is: IRQ-G08 is Baghdad by that "
                "of 2019, and Dahuk by that of 2014. Look the place up by name, or use codes of "
                "COD-AB 2019 (IQG01 to IQG18)."
            ),
        },
    ],
    # The two numberings, as both are met. DTM's API writes them alike: up to round 133 `IRQ-G08` is
    # Baghdad, in round 134 it is Dahuk. OCHA wrote IQ-G08 in 2014, and IQG08 since 2019. Districts
    # of 2014 have no table here: they are known by name.
    "pcode_schemes": {
        "written": "(?:IQ|IRQ)[ -]?(G[0-9]{2})(?:[ -]?(Q[0-9]{2}))?",
        "schemes": [
            {"name": "2019"},
            {"name": "2014", "governorates": dict(GOVERNORATES_OF_2014)},
        ],
    },
    "pillars": {
        "resilience": gettext("Resilience"),
        "emergency": gettext("Emergency"),
        "mobility": gettext("Mobility"),
        "governance": gettext("Governance"),
    },
    # Governments and organisations by code, with the spellings of theirs and of their offices that
    # the table of programmes has; within a sentence some have an article.
    "funders": {
        "AUSTRALIA": {"name": gettext("Australia"), "spellings": []},
        "CANADA": {"name": gettext("Canada"), "spellings": []},
        "EU": {
            "name": gettext("European Union"),
            "within": gettext("the European Union"),
            "spellings": ["ECHO"],
        },
        "GERMANY": {"name": gettext("Germany"), "spellings": []},
        "GREECE": {"name": gettext("Greece"), "spellings": []},
        "JAPAN": {"name": gettext("Japan"), "spellings": []},
        "KOREA": {
            "name": gettext("Republic of Korea"),
            "within": gettext("the Republic of Korea"),
            "spellings": [],
        },
        "NETHERLANDS": {
            "name": gettext("Netherlands"),
            "within": gettext("the Netherlands"),
            "spellings": [],
        },
        "NORWAY": {"name": gettext("Norway"), "spellings": []},
        "SAUDI-ARABIA": {"name": gettext("Saudi Arabia"), "spellings": []},
        "UK": {
            "name": gettext("United Kingdom"),
            "within": gettext("the United Kingdom"),
            "spellings": [],
        },
        "UN": {
            "name": gettext("United Nations"),
            "within": gettext("the United Nations"),
            "spellings": [],
        },
        "US": {
            "name": gettext("United States"),
            "within": gettext("the United States"),
            "spellings": ["US", "US DRL", "US OFDA", "US OFDA/PRM", "US PRM"],
        },
    },
    # What stands where a funder would, and names none.
    "no_funders": ["as parent programme"],
    "notes": [
        {
            "populations": ["idp", "returnee"],
            "text": gettext(
                "People are estimated by IOM as households × 6, and in camps × 5 from August 2020."
            ),
        },
        {
            "populations": ["idp"],
            "text": gettext(
                "Round 5 (August 2014) is not in the lists used here. From April 2021 on, DTM’s "
                "API gives people by governorate only; no source holds a figure after "
                "31 December 2024."
            ),
        },
        {
            "populations": ["returnee"],
            "text": gettext(
                "After 28 February 2021 the sources used here hold returnees for the country only, "
                "as reports print them; rounds 127, 129 and 130 are not printed."
            ),
        },
        {
            "populations": ["idp", "returnee"],
            "until": "2014-12-31",
            "text": gettext("Rounds have a published number from 15 January 2015 (round 12) on."),
        },
        {
            "populations": ["returnee"],
            "text": gettext(
                "Returnees are counted in eight governorates, from 10 April 2015; elsewhere they "
                "are not assessed, which is not zero."
            ),
        },
        {
            "populations": ["refugee"],
            "text": gettext(
                "Syrian refugees registered by UNHCR are complete by governorate on two dates "
                "only; no figure is drawn between them."
            ),
        },
        {
            "populations": ["idp", "returnee"],
            "level": 2,
            "text": gettext(
                "DTM's districts are joined to the 101 districts of COD-AB by name, or by where "
                "DTM's own locations fall; where DTM splits a district, its parts are added up."
            ),
        },
        {
            "text": gettext(
                "Halabja is shown as a district of Sulaymaniyah, as in the boundaries of 2019; it "
                "became the 19th governorate later."
            ),
        },
    ],
    # Where figures before and after cannot be held against each other without a word. The two
    # dates are those of the last round before and the first one after; "lasting": it holds for
    # every later figure, and is told beside each.
    "breaks": [
        {
            "populations": ["idp", "returnee"],
            "between": ["2023-12-31", "2024-04-30"],
            "lasting": True,
            "text": gettext(
                "From round 132 (30 April 2024) on, places that could not be reached are left "
                "out: part of any fall across that date is a change of method."
            ),
        },
        {
            "populations": ["returnee"],
            "between": ["2022-12-31", "2023-12-31"],
            "text": gettext(
                "Between rounds 128 (31 December 2022) and 131 (31 December 2023) the number of "
                "returnees falls from 4,989,852 to 4,863,072; the sources give no reason."
            ),
        },
    ],
    # What DTM means by some words; the first with the report whose figures it was checked against.
    "definitions": {
        "critical": gettext(
            "Critical shelter, as DTM groups it: informal settlements, religious buildings, "
            "schools, unfinished or abandoned buildings (IOM Iraq, IDP Shelter Arrangement, May "
            "2016)."
        ),
        "shelter_terms": gettext(
            "Lists say from March 2019 on whether rented homes, and from October 2018 on whether "
            "habitual residences, can be lived in; here either is one type at every date."
        ),
        "return_rate": gettext(
            "Rate of return: households that returned to a governorate, of these and the "
            "displaced households that come from it, both of the same date, as DTM gives it "
            "(https://iraqdtm.iom.int)."
        ),
    },
    "shelter_notes": [
        {
            "populations": ["idp"],
            "until": "2014-04-30",
            "text": gettext("In April 2014 the list codes the shelter of all of Anbar as “other”."),
        }
    ],
}

# Full names and forms of the names of governorates, as lists in Arabic and Sorani write them.
FULL_NAMES = {
    "IQG02": ("بەسڕە",),
    "IQG03": ("موسەنا", "موسەننا"),
    "IQG04": ("النجف الأشرف", "نەجەفی ئەشرەف"),
    "IQG05": ("الديوانية", "قادسییە", "دیوانیە", "دیوانییە"),
    "IQG07": ("بابیل",),
    "IQG10": ("دیالا",),
    "IQG12": ("كربلاء المقدسة", "كربلا"),
    "IQG13": ("کەرکووک",),
    "IQG16": ("سەلاحەدین", "سەلاحەددین", "سەڵاحەددین"),
    "IQG17": ("زیقار",),
    "IQG18": ("واست", "واسیت"),
}
OTHER_GOVERNORATES = pd.DataFrame(
    [(1, "", spelling, pcode) for pcode, names in FULL_NAMES.items() for spelling in names],
    columns=["level", "scope", "spelling", "pcode"],
)

# Districts that master lists spell otherwise than the tables by round: governorate, spelling, code.
OTHER_DISTRICTS = pd.DataFrame(
    {"level": 2, "scope": ["IQG16"], "spelling": ["Tooz"], "pcode": ["IQG16Q07"]}
)

REFUGEE_DEFINITION = "Syrian refugee (UNHCR registered)"
REFUGEE_DATES = ("2012-09-07", "2017-08-31")
PLACED_IN_NO_GOVERNORATE = "No governorate given"
HALABJA, SULAYMANIYAH_WITHOUT = "Halabja", "Sulaymaniyah (excl. Halabja)"

ARABIC = {
    "IQG01": "الأنبار",
    "IQG02Q01": "أبي الخصيب",
    "IQG08Q01": "الأعظمية",
    "IQG11": "أربيل",
    "IQG11Q02": "أربيل",
}
"""Areas whose name lacks a hamza in COD-AB.

The table was gone through by eye: of 18 governorates and 101 districts these five lack one. What
is matched and published as data stays as the source has it.
"""

SORANI = {"كەركوک": "کەرکووک"}
"""Names whose source has letters of another alphabet in them, and how they are written."""

PROGRAMME_NAMES = (
    gettext("Assisted Voluntary Return and Reintegration"),
    gettext("Capacity Building in Integrated Border Management"),
    gettext("Capacity Building in Migration Management Programme"),
    gettext("Capacity building for the Ministry of Displacement and Migration"),
    gettext("Camp Coordination and Camp Management"),
    gettext("Community Policing"),
    gettext("Community Revitalization Program"),
    gettext("Displacement Tracking Matrix"),
    gettext("Enterprise Development Fund"),
    gettext("Facilitated voluntary returns"),
    gettext("Emergency and migration health"),
    gettext("HIJRA AMINA programme"),
    gettext("Immigration and Border Governance / Humanitarian Border Management"),
    gettext("Internally Displaced Persons Programme (incl. QIPs/CAPs)"),
    gettext("Individual Livelihood Assistance"),
    gettext("Labour mobility and migrants' rights"),
    gettext("Mental Health and Psychosocial Support"),
    gettext("Movement, resettlement and pre-departure orientation"),
    gettext("Programme for Human Security and Stabilization"),
    gettext("Protection and protection mainstreaming"),
    gettext("Quick Impact Projects / Community Assistance Projects"),
    gettext("Regional Operations Centre"),
    gettext("Security Awareness Induction Training"),
    gettext("Shelter and Non-Food Items"),
    gettext("Syria crisis response (transport and relief for refugees)"),
)
"""Names of IOM's programmes in the snapshot, marked for translation."""

CITIES = (
    gettext("Baghdad"),
    gettext("Kuwait"),
    gettext("Mosul"),
    gettext("Dahuk"),
    gettext("Irbil"),
    gettext("Basra"),
    gettext("As Sulaymaniyah"),
    gettext("An Najaf"),
    gettext("Kirkuk"),
    gettext("Al Hillah"),
    gettext("Karbala"),
    gettext("An Nasiriyah"),
    gettext("Ad Diwaniyah"),
    gettext("Al Amarah"),
    gettext("Al Kut"),
    gettext("Baqubah"),
    gettext("Ar Ramadi"),
    gettext("Az Aubayr"),
    gettext("Al Fallujah"),
    gettext("As Samawah"),
    gettext("Ash Shatrah"),
    gettext("Samarra"),
    gettext("Tall Afar"),
    gettext("Zakho"),
    gettext("Al Musayyib"),
    gettext("Tikrit"),
    gettext("Mandali"),
    gettext("Ar Rutbah"),
)
"""Names of cities of Natural Earth, marked for translation."""
