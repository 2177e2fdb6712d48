/** Words with which an error names its cause: of the system, or of an engine. */
const CAUSE =
  /\bE(NOSPC|DQUOT|FBIG|IO|ROFS|ACCES|PERM|ISDIR|NOTDIR|EXIST)\b|no space|file too large|input\/output|read-only|readonly|permission|disk is full|disk i\/o|in use|locked|corrupt|malformed|damaged|not a database|invalid/i;

/** What was tried with one fault on one candidate, and what was wrong about it. */
export class Tally {
  constructor() {
    this.tries = 0;
    this.faults = {};
    this.examples = [];
  }

  /** @param counts numbers by the kind of fault */
  add(counts, example) {
    this.tries++;
    for (const [kind, count] of Object.entries(counts)) if (count > 0) this.fault(kind, example, count);
  }

  fault(kind, example = '', count = 1) {
    this.faults[kind] = (this.faults[kind] ?? 0) + count;
    if (this.examples.length < 5) this.examples.push(`${kind}: ${example}`.slice(0, 300));
  }

  /** A refusal must name the file, or at least the folder, and its cause. */
  refusal(text, { folder, files = [] }) {
    if (!CAUSE.test(text)) this.fault('refused without a cause', text);
    else if (!text.includes(folder) && !files.some((file) => text.includes(file)))
      this.fault('refused without a name', text);
  }

  /** Judges what a process that read everything found. @returns false when it could not be read */
  read(journal, { found, refused, crashed }, where) {
    if (found !== undefined) {
      this.add(journal.judge(found), where);
      return true;
    }
    this.add(
      crashed === undefined ? { 'does not open': 1 } : { crashed: 1 },
      `${where}: ${refused ?? crashed}`,
    );
    return false;
  }
}
