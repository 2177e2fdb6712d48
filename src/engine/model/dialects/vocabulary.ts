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
  actorid groupid groupids groupname ownerid roleid rolename userid userids username usernames
  accountable clerk clerks supervisor supervisors
  beauftragte beauftragter benutzer freigeber genehmiger gruppe mitarbeiter rolle
  approbateur attribue attribuee executant groupe utilisateur valideur
  aprobador ejecutor grupo rol usuario
  addetto approvatore esecutore gruppo ruolo utente
  aprovador utilizador
  gebruiker goedkeurder groep medewerker uitvoerder`.split(/\s+/),
);

/** Words that count at the end of a name: `taskAgent` is a person, `agentType` is not. */
const HEADS = new Set('agent agents principal principals recipient recipients worker workers'.split(' '));
/** What may follow them. */
const TAILS = new Set(['id', 'ids', 'name', 'names']);
/** Names that mean people only as an attribute of the task itself: `email` in an extension is a notification. */
const OF_TASK = new Set('email emailaddress emails login logins mail operator operators'.split(' '));

/** Parts of words that hardly occur in other ones: `assignedto`, `taskperformer`. */
const STEM = new RegExp(
  `approver assign candidat performer reviewer
  bearbeiter verantwort zugewies zustaendig zustandig zuweis
  asignac asignad encargad responsab
  assegn incaricat
  atribuic atribuid encarregad responsav
  behandelaar toegewez toewij verantwoord`
    .split(/\s+/)
    .join('|'),
);

const STARTER_WORDS = new Set(['candidate', 'candidates', 'starter', 'starters']);

/** The words of a name: `candidateUsers`, `candidate-users` and `candidate_users` have the same two. */
function wordsOf(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
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

/** Whether a name is another one with up to two wrong letters. */
export function resembles(name: string, known: string): boolean {
  if (name.length > LONGEST) return false;
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  return distance(letters, known, 2) <= (known.length >= MANY_LETTERS ? 2 : 1);
}

/** A known name, or one with up to two wrong letters: `asignee`, `canditateUsers`. */
export function isNearlyKnown(name: string): boolean {
  return KNOWN.some((known) => resembles(name, known));
}

/** The word that says what a name is: the last one, without `id` or `name`. */
function headOf(words: readonly string[]): string | undefined {
  return words.filter((word) => word !== '').findLast((word, index) => index === 0 || !TAILS.has(word));
}

/** Whether an attribute or element name may refer to a task's people. */
export function isAboutPeople(name: string): boolean {
  const words = wordsOf(name);
  return (
    words.some((word) => WORDS.has(word) || STEM.test(word)) ||
    HEADS.has(headOf(words) ?? '') ||
    isNearlyKnown(name)
  );
}

/** The same for an attribute of the task itself, of which more can only be people. */
export function isPersonOfTask(name: string): boolean {
  return OF_TASK.has(wordsOf(name).join('').replace(/^task/, '')) || isAboutPeople(name);
}

/** Whether it may refer to a process's starters; a process has owners and groups of other kinds as well. */
export function isAboutStarters(name: string): boolean {
  return wordsOf(name).some((word) => STARTER_WORDS.has(word)) || isNearlyKnown(name);
}
