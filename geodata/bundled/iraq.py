"""Names in Iraq: areas as Arabic readers spell them, and programmes, for the catalogues."""

from __future__ import annotations

from geodata.i18n.language import gettext

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

PROGRAMMES = (
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
"""Names of IOM's programmes as the snapshot has them: with a mark each has its translation."""

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
"""Names of cities as Natural Earth has them, likewise."""
