"""Answers of Apache Spark to the questions of a file, as JSON: run by an interpreter that has it.

``PYTHONPATH=. python tests/spark_answers.py FOLDER``: FOLDER holds the tables as Parquet and
``asked.json``, a list of [question, arguments]; written is ``answered.json``, a list of lists of
rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import ibis
from pyspark.sql import SparkSession

from geodata.engine import queries


def main(folder: Path) -> None:
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark = ibis.pyspark.connect(session)
    answered = []
    for name, arguments in json.loads((folder / "asked.json").read_text()):
        question = getattr(queries, name)
        table = question.__code__.co_varnames[0]
        rows = spark.read_parquet(folder / f"{table}.parquet", table_name=f"{table}_read")
        answered.append(json.loads(question(rows, *arguments).to_pandas().to_json(
            orient="records", date_format="iso"
        )))  # fmt: skip
    (folder / "answered.json").write_text(json.dumps(answered))
    session.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
