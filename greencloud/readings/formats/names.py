"""What the formats of readings are called by the people who use them."""

from collections.abc import Mapping

from greencloud.readings.formats import correspondance, enedis_compte, enedis_sge, index, releves

FORMAT_NAMES: Mapping[str, str] = {
    releves.NAME: "notre table releves",
    enedis_sge.NAME: "courbe de charge d'Enedis, SGE",
    enedis_compte.NAME: "export du compte client d'Enedis",
    index.NAME: "index de compteurs",
    correspondance.NAME: "lu par sa correspondance",
}
