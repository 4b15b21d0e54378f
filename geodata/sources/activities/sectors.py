"""Sectors of IATI's code lists that group programmes: clusters, and categories of the DAC.

IATI names most sectors by code alone. A purpose code of the DAC (five digits) begins with that of
its category (three); here they are in groups that are broad enough for a list of programmes.
"""

from __future__ import annotations

from geodata.i18n.messages import gettext
from geodata.places.folding import fold

NOT_STATED = gettext("Sector not stated")

CLUSTERS = {
    "1": gettext("Camp Coordination and Camp Management"),
    "2": gettext("Early recovery"),
    "3": gettext("Education"),
    "4": gettext("Emergency shelter and non-food items"),
    "5": gettext("Emergency telecommunications"),
    "6": gettext("Food security"),
    "7": gettext("Health"),
    "8": gettext("Logistics"),
    "9": gettext("Nutrition"),
    "10": gettext("Protection"),
    "11": gettext("Water, sanitation and hygiene"),
    **dict.fromkeys(("5403", "5404", "5405", "5406"), gettext("Protection")),
}
"""Humanitarian global clusters (vocabulary 10), and the areas of responsibility of Protection."""

CLUSTER_WORDS = {
    "1": ("CCCM", "Camp coordination / management", "Camp management"),
    "4": ("Shelter", "Shelter and NFI", "Shelter/NFI", "SNFI", "Emergency shelter and NFI"),
    "5": ("ETC",),
    "6": ("FSL", "FSAC", "Food security and livelihoods", "Food security and agriculture"),
    "11": ("WASH", "Water sanitation hygiene", "Water, sanitation & hygiene"),
}
"""What tables call clusters beside their names."""

CATEGORIES = {
    "11": gettext("Education"),
    "12": gettext("Health"),
    "13": gettext("Population and reproductive health"),
    "14": gettext("Water supply and sanitation"),
    "15": gettext("Government and civil society"),
    "152": gettext("Conflict, peace and security"),
    "16": gettext("Other social services"),
    "21": gettext("Transport and storage"),
    "22": gettext("Communications"),
    "23": gettext("Energy"),
    "24": gettext("Banking and business"),
    "25": gettext("Banking and business"),
    "31": gettext("Agriculture, forestry and fishing"),
    "32": gettext("Industry, mining and construction"),
    "33": gettext("Trade and tourism"),
    "41": gettext("Environmental protection"),
    "43": gettext("Several sectors"),
    "51": gettext("General budget support"),
    "52": gettext("Development food assistance"),
    "53": gettext("Other commodity assistance"),
    "60": gettext("Action relating to debt"),
    "72": gettext("Emergency response"),
    "73": gettext("Reconstruction and rehabilitation"),
    "74": gettext("Disaster prevention and preparedness"),
    "91": gettext("Administrative costs of donors"),
    "92": gettext("Support to non-governmental organisations"),
    "93": gettext("Refugees in donor countries"),
}
"""Groups of the DAC's purpose codes (vocabularies 1 and 2), by the first two or three digits."""


_CLUSTERS_BY_WORD = {
    fold(word): name
    for code, name in CLUSTERS.items()
    for word in (name, *CLUSTER_WORDS.get(code, ()))
}


def sector_of_word(word: str) -> str:
    """Return the name of the cluster that a word means, else the word: so they make one group.

    >>> sector_of_word("WASH"), sector_of_word("food SECURITY"), sector_of_word("Wells")
    ('Water, sanitation and hygiene', 'Food security', 'Wells')
    """
    return _CLUSTERS_BY_WORD.get(fold(word), word)


def sector_name(vocabulary: str, code: str, narrative: str = "") -> str:
    """Name a sector, in words that group it with others; ``""`` where it has no name.

    >>> sector_name("10", "11"), sector_name("", "14030"), sector_name("99", "W1", "Wells")
    ('Water, sanitation and hygiene', 'Water supply and sanitation', 'Wells')
    """
    if vocabulary == "10":
        return CLUSTERS.get(code, narrative)
    if vocabulary in ("", "1", "2"):
        return CATEGORIES.get(code[:3]) or CATEGORIES.get(code[:2], narrative)
    return narrative
