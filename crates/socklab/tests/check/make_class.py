"""Makes a class out of the programs that `socklab check` is tested with, and says what must come of each.

    python3 make_class.py DIRECTORY [--submissions 60] [--exercises 10]
    python3 make_class.py DIRECTORY --redteam

The second one has a submission for each program that would fool the checker or hurt the machine.

`DIRECTORY/submissions` is what `socklab grade` takes, with its `class.toml`. `DIRECTORY/expected.json` has for each submission and
exercise the verdict, and the requirement that fails. The same numbers make the same class.
"""

import argparse
import json
import pathlib
import shutil
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
REDTEAM = HERE / "redteam"

# Those of which a course asks for ten come first.
EXERCISES = (
    "1.3 2.3 1.5.1 1.5.2 1.5.4 1.5.5 1.5.6 2.5.2 2.5.3 2.5.4".split() + "1.5.3 2.5.1 1.4 2.4".split()
)

# Of so many programs in a row, so many are right.
OF_A_ROW = 5
RIGHT = 3


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("directory", type=pathlib.Path)
    arguments.add_argument("--submissions", type=int, default=60)
    arguments.add_argument("--exercises", type=int, default=10)
    arguments.add_argument("--redteam", action="store_true")
    wanted = arguments.parse_args()
    submissions = wanted.directory / "submissions"
    submissions.mkdir(parents=True)
    if wanted.redteam:
        expected = redteam(submissions)
    else:
        expected = class_of_all(submissions, wanted.submissions, EXERCISES[: wanted.exercises])
    exercises = sorted({it["exercise"] for it in expected})
    (submissions / "class.toml").write_text(class_file(exercises))
    (wanted.directory / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def redteam(submissions):
    expected = []
    for file, said in tomllib.loads((REDTEAM / "table.toml").read_text()).items():
        name, exercise = file.replace(".", "-"), said["exercise"]
        program = {"path": file, "said": {}}
        hand_in(submissions / name / exercise, REDTEAM, said, program)
        verdict = {"verdict": "fail", "fails": said["fails"]}
        expected.append({"submission": name, "exercise": exercise, **verdict})
    return expected


def class_of_all(submissions, count, exercises):
    tables = {table["exercise"]: (folder, table) for folder, table in tables_of_programs()}
    expected = []
    for number in range(count):
        name = f"student-{number + 1:02}"
        for place, exercise in enumerate(exercises):
            folder, table = tables[exercise]
            program = program_of(table, number, place)
            hand_in(submissions / name / exercise, folder, table, program)
            expected.append({"submission": name, "exercise": exercise, **program["expected"]})
    return expected


def tables_of_programs():
    for file in sorted(PROGRAMS.glob("*/table.toml")):
        yield file.parent, tomllib.loads(file.read_text())


def program_of(table, number, place):
    """The program that a submission has: right ones and others in turn, until all have had theirs."""
    turn, at = divmod(number * 7 + place, OF_A_ROW)
    if at < RIGHT:
        good = [it if isinstance(it, dict) else {"file": it} for it in table["good"]]
        said = good[(turn * RIGHT + at) % len(good)]
        return {"path": "good/" + said["file"], "said": said, "expected": {"verdict": "pass", "fails": None}}
    mutants = list(table["mutants"].items())
    file, said = mutants[(turn * (OF_A_ROW - RIGHT) + at - RIGHT) % len(mutants)]
    fails = said.get("fails")
    return {
        "path": "mutants/" + file,
        "said": said,
        "expected": {"verdict": "fail" if fails else "pass", "fails": fails},
    }


def hand_in(directory, folder, table, program):
    """Puts a program, or a pair, where `socklab grade` looks for it, with the manifest of its student."""
    directory.mkdir(parents=True)
    manifest = merged(table.get("manifest", {}), program["said"].get("manifest", {}))
    path = folder / program["path"]
    if path.is_dir():
        for file in path.iterdir():
            shutil.copy(file, directory / file.name)
            if file.stem == "client" and "arguments" in table:
                command = [{".py": "python3", ".js": "node"}[file.suffix], file.name, *table["arguments"]]
                manifest = merged(manifest, {"client": {"run": command}})
                manifest = merged({"server": {"run": [command[0], "server" + file.suffix]}}, manifest)
    else:
        role = table.get("role") or ("client" if path.name.startswith("client") else "server")
        # A class of Java has the name of its file.
        name = path.name if path.suffix == ".java" else role + path.suffix
        shutil.copy(path, directory / name)
    if manifest:
        exercise = f'exercise = "{table["exercise"]}"\n'
        (directory / "socklab.toml").write_text(exercise + "".join(toml_of(manifest)))


def merged(first, second):
    """Two tables as one; what the second says holds."""
    both = dict(first)
    for key, value in second.items():
        both[key] = merged(both[key], value) if isinstance(both.get(key), dict) else value
    return both


def toml_of(table, within=""):
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    if within and len(tables) < len(table):
        yield f"\n[{within}]\n"
    for key, value in table.items():
        if key not in tables:
            # A text, a number, or a list of them looks in TOML as it does in JSON.
            yield f"{key} = {json.dumps(value)}\n"
    for key, value in tables.items():
        yield from toml_of(value, f"{within}.{key}".lstrip("."))


def class_file(exercises):
    points = "".join(f'\n[exercises."{exercise}"]\npoints = 10\n' for exercise in exercises)
    return f'schema = 1\ntitle = "A class of programs of which everything is known"\n{points}'


main()
