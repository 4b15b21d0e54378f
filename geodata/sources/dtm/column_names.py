"""Names of the columns of DTM master lists, and the codes of their shelter types."""

from __future__ import annotations

import itertools
import re

from geodata.places.folding import fold
from geodata.sources.cell_values import clean_text

PLACE, LOCATION, ADM1, ADM2, ADM1_CODE, ADM2_CODE = (
    "place", "location", "adm1", "adm2", "adm1_code", "adm2_code",
)  # fmt: skip
LATITUDE, LONGITUDE, HOUSEHOLDS, PEOPLE, DATE, NAME, IGNORED = (
    "latitude", "longitude", "households", "people", "date", "name", "ignored",
)  # fmt: skip

_TITLES: dict[str, tuple[str, ...]] = {
    PLACE: ("Place id",),
    LOCATION: ("Location ID",),
    ADM1: ("Governorate", "Governorate name", "Admin 1", "Admin1 name", "المحافظة"),
    ADM2: ("District", "District name", "Admin 2", "Admin2 name", "القضاء"),
    ADM1_CODE: (
        "OCHA Adm1 PCode", "OCHA Admin 1", "OCHA Admin 1 PCode", "Adm1 PCode", "Admin1 PCode",
        "Governorate PCode",
    ),
    ADM2_CODE: (
        "OCHA ADM2 PCode", "OCHA Admin 2", "OCHA Admin 2 PCode", "Adm2 PCode", "Admin2 PCode",
        "District PCode",
    ),
    LATITUDE: ("Latitude", "Lat", "خط العرض"),
    LONGITUDE: ("Longitude", "Long", "Lon", "Lng", "خط الطول"),
    HOUSEHOLDS: (
        "Households", "Families", "IDPs Families", "IDP Families", "IDPs Households",
        "IDP Households", "Returnee Families", "Returnees Families", "Returnee Households",
        "Returnees Households", "Master Families", "Number of Families", "Number of Households",
        "No. of Families", "No. of Households", "Total Households", "Total Families", "HH", "HHs",
        "عدد العوائل", "عدد الأسر",
    ),
    PEOPLE: (
        "Individuals", "IDPs Individuals", "IDP Individuals", "Returnee Individuals",
        "Returnees Individuals", "Number of Individuals", "No. of Individuals",
        "Total Individuals", "Persons", "عدد الأفراد",
    ),
    DATE: ("Date", "Round date", "Report date", "Reporting date", "Survey date", "التاريخ"),
    NAME: (
        "Location name", "Location name in English", "Location name English", "Arabic name",
        "Location name in Arabic", "Location name Arabic", "Place", "Place name", "اسم الموقع",
    ),
    IGNORED: (
        "Open Street Map", "Google Map", "Bing Map", "Map link", "Households Coming From Camp",
        "Families Coming From Camp", "Households returned From Camp", "Households returned to Camp",
        "Place code", "Location code", "District Code", "Governorate Code", "OCHA PCode",
        "Sub-district", "Subdistrict",
        "Round", "Round number", "Population type", "No.", "S/N", "Serial", "Year", "Month",
    ),
}  # fmt: skip

REQUIRED_TITLES = {ADM1: "Governorate", HOUSEHOLDS: "Households (or Families)"}

SHELTER: dict[str, str] = {
    "Camp": "camp",
    "Abandoned/public buildings /under construction": "unfinished_building",
    "Apartment/House (not owned) (habitable)": "rented_habitable",
    "Apartment/House (not owned) (uninhabitable)": "rented_uninhabitable",
    "Habitual Pre_31_October2018": "habitual",
    "Habitual Residence": "habitual",
    "Habitual Residence (Habitable)": "habitual_habitable",
    "Habitual Residence (Uninhabitable)": "habitual_uninhabitable",
    "Habitual residnece (Habitable)": "habitual_habitable",
    "Habitual residnece (Uninhabitable)": "habitual_uninhabitable",
    "Host Community": "host_family",
    "Host_families": "host_family",
    "Hostfamilies": "host_family",
    "Hotel Motel": "hotel",
    "Hotel/Motel or short-term rental": "hotel",
    "Hotel_Motel": "hotel",
    "IDP Owned House": "own_property",
    "IDPs in Camps/ transit camps": "camp",
    "Informal/random/irregular settlements or collective shelters": "informal_settlement",
    "Informal_settlements": "informal_settlement",
    "Informalsettlements": "informal_settlement",
    "Mosques/ Holly Shrines": "religious_building",
    "Other": "other",
    "Other Informal Settlements": "informal_settlement",
    "Other shelter": "other",
    "Other shelter type": "other",
    "Other shelters": "other",
    "Own Property": "own_property",
    "Religious_building": "religious_building",
    "Religiousbuilding": "religious_building",
    "Rental (Habitable)": "rented_habitable",
    "Rental (Uninhabitable)": "rented_uninhabitable",
    "Rented Habitable": "rented_habitable",
    "Rented Hotel": "hotel",
    "Rented House": "rented",
    "Rented Uninhabitable": "rented_uninhabitable",
    "Rented pre Apr 2019": "rented",
    "Rented_houses": "rented",
    "Residence of Origin (Habitable)": "habitual_habitable",
    "Residence of Origin (Uninhabitable)": "habitual_uninhabitable",
    "School_building": "school",
    "Schoolbuilding": "school",
    "Unfinished_Abandoned_building": "unfinished_building",
    "Unfinishedbuilding": "unfinished_building",
    "Unknown shelter": "unknown",
    "Unknown_shelter_type": "unknown",
    "Unknownsheltertype": "unknown",
    "With HC - non-Relative": "host_family",
    "With Relative": "host_family",
}
"""Shelter types as DTM's lists spell them, and their codes in a snapshot."""

SHELTER_WITHOUT_CODE = (
    "Collective centres",
    "Non-residential structure",
    "Other Collective center",
    "Other Critical shelter",
    "Other Formal Settlements",
    "Other formal settlements/ collective centres",
    "Public Buildings or Collective shelters",
    "Tent/Caravan/makeshift shelter/mud or block house",
)
"""Types that a snapshot has no code for: they are counted as ``other``, with a warning."""

GROUP_HEADS = {
    "locationofdisplacement": ("location", "idp"),
    "locationofreturn": ("location", "returnee"),
    "governorateoforigin": ("origin", "idp"),
    "governorateoflastdisplacement": ("origin", "returnee"),
    "sheltertype": ("shelter", ""),
    "periodofdisplacement": ("period", ""),
    "periodofformerdisplacement": ("period", "returnee"),
    "linkformap": ("link", ""),
}
SUM_FOLDS = frozenset(fold(name) for name in ("Total", "Grand total", "Sum", "المجموع"))


def header_fold(name: str) -> str:
    r"""Fold a column's name, so that spellings of one name become the same.

    Of a name in two languages the Latin part is taken.

    >>> header_fold("\ufeffLocation name\nin English ") == header_fold("location_name in english")
    True
    """
    return fold(latin_part(name))


def latin_part(name: str) -> str:
    """Return the Latin part of a name in two languages; a name in one language unchanged.

    >>> latin_part("Salah al-Din / صلاح الدين"), latin_part("المحافظة")
    ('Salah al-Din', 'المحافظة')
    """
    if re.search("[A-Za-z]", name):
        latin = re.sub(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+", " ", name)
        name = latin if latin == name else re.sub(r"^[\s/|()\-]+|[\s/|()\-]+$", "", latin)
    return clean_text(name)


FIELD_BY_FOLD = {header_fold(name): field for field, names in _TITLES.items() for name in names}
SHELTER_BY_FOLD = {
    **{header_fold(name): code for name, code in SHELTER.items()},
    **dict.fromkeys(map(header_fold, SHELTER_WITHOUT_CODE), "other"),
}
SHELTER_WITHOUT_CODE_FOLDS = frozenset(map(header_fold, SHELTER_WITHOUT_CODE))
COLUMN_NAMES = tuple(itertools.chain(*_TITLES.values(), SHELTER, SHELTER_WITHOUT_CODE))
