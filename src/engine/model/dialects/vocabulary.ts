/** Names of attributes and elements that assign a task or name its starters, in any dialect. */
const KNOWN = [
  'assignee',
  'assignment',
  'assignmentdefinition',
  'candidategroups',
  'candidatestartergroups',
  'candidatestarterusers',
  'candidateusers',
  'humanperformer',
  'performer',
  'potentialowner',
  'potentialstarter',
];

/** Words that indicate an assignment when they occur in a compound name. */
const WORDS = new Set(
  `actor actors approver approvers assign assigned assignee assignees assignment assignments assigns candidate
  candidates claimant department departments employee employees executor executors group groups handler handlers manager managers member members owner owners
  participant participants people performer performers person persons responsibility responsible reviewer reviewers
  role roles staff starter starters swimlane team teams user users
  actorid groupid groupids groupname ownerid roleid rolename userid userids username usernames`.split(/\s+/),
);

/** Parts of words that hardly occur in other ones: `assignedto`, `taskperformer`. */
const STEM = /assign|candidat|performer|approver|reviewer/;

const STARTER_WORDS = new Set(['candidate', 'candidates', 'starter', 'starters']);

/** The words of a name: `candidateUsers`, `candidate-users` and `candidate_users` have the same two. */
function wordsOf(name: string): string[] {
  return name
    .replace(/user_?task/gi, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

/** The edit distance of two texts, counted up to `limit`. */
function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** Longer names are no misspelt ones. */
const LONGEST = 60;

/** Names with so many letters are recognised with two wrong ones. */
const MANY_LETTERS = 8;

/** A known name, or one with up to two wrong letters: `asignee`, `canditateUsers`. */
export function isNearlyKnown(name: string): boolean {
  if (name.length > LONGEST) return false;
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  return KNOWN.some((known) => distance(letters, known, 2) <= (known.length >= MANY_LETTERS ? 2 : 1));
}

/** Whether an attribute or element name may refer to a task's people. */
export function isAboutPeople(name: string): boolean {
  return wordsOf(name).some((word) => WORDS.has(word) || STEM.test(word)) || isNearlyKnown(name);
}

/** Whether it may refer to a process's starters; a process has owners and groups of other kinds as well. */
export function isAboutStarters(name: string): boolean {
  return wordsOf(name).some((word) => STARTER_WORDS.has(word)) || isNearlyKnown(name);
}
