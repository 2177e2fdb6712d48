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
  acl authorised authorities authority authorized boss bosses delegate delegates deputies deputy designee designees
  entitled nominee nominees officer officers permission permissions raci rasci signatories signatory signer signers
  substitute substitutes teamlead teamleader
  abteilung abteilungen beauftragte beauftragter benutzer besitzer freigeber genehmiger gruppe inhaber leiter
  mitarbeiter rolle stelle stellvertreter unterzeichner vertreter vorgesetzte vorgesetzter
  approbateur attribue attribuee executant groupe utilisateur valideur
  aprobador ejecutor grupo rol usuario
  addetto approvatore esecutore gruppo ruolo utente
  aprovador utilizador
  gebruiker goedkeurder groep medewerker uitvoerder
  grupa pracownik rola uzytkownik wykonawca wlasciciel`.split(/\s+/),
);

/** Words that count at the end of a name: `taskAgent` is a person, `agentType` is not. */
const HEADS = new Set(
  'agent agents holder holders lead leads principal principals recipient recipients resource resources worker workers'.split(
    ' ',
  ),
);
/** What may follow them. */
const TAILS = new Set(['id', 'ids', 'name', 'names', 'ref', 'refs']);
/** Names that mean people only as an attribute of the task itself: `email` in an extension is a notification. */
const OF_TASK = new Set(
  `account consulted contact email emailaddress emails identity inbox informed lane login logins mail mailto operator operators organisation organization
  position positions poste queue unit who whom workqueue`.split(/\s+/),
);
/** Values that are no names, where the name of an attribute says little: places, sizes, switches. */
const NO_NAME = /^(?:(?=.*\d)[\d\s.,;:x%#+-]*|true|false)$/i;

/** Parts of words that hardly occur in other ones: `assignedto`, `taskperformer`. */
const STEM = new RegExp(
  `approver assign candidat performer reviewer
  bearbeiter verantwort zugewies zustaendig zustandig zuweis
  asignac asignad encargad responsab
  assegn incaricat
  atribuic atribuid encarregad responsav
  behandelaar toegewez toewij verantwoord
  负责 办理人 处理人 审批人 执行人 候选 исполнител ответственн согласующ`
    .split(/\s+/)
    .join('|'),
);
/** The same in names of several words. */
const COMPOUND =
  /identitylink|jobtitle|ownership|org(?:anisation(?:al)?|anization(?:al)?)?unit|(?:read|write)(?:access|fields)|zugeordnet/;

/** `performedBy`, `visibleTo`, `reservedFor`: a participle and its preposition, in one word or two. */
const BY =
  /(?:ed|begun|chosen|done|given|held|made|owned|run|sent|taken|written|able)by(?:ids?|names?|users?)?$/;
const TO =
  /(?:addressed|allocated|delegated|dispatched|escalated|forwarded|given|limited|permitted|restricted|routed|sent|visible)to$/;
const FOR = /(?:allowed|permitted|reserved|visible)for$/;
/** What editors note about a document and its parts, and what has a cause other than a person. */
const NOT_BY =
  /(?:authored|calculated|caused|changed|created|deployed|edited|exported|filtered|followed|generated|grouped|imported|locked|modified|ordered|powered|preceded|published|referenced|replaced|saved|sorted|triggered|updated|used|versioned)by/;

/** Letters of which nearly no word is known here: a name that is written in them may mean people. */
const OTHER_SCRIPT = /(?!\p{Script=Latin})\p{L}/u;

const STARTER_WORDS = new Set(['candidate', 'candidates', 'startable', 'starter', 'starters']);

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

function saysByWhom(letters: string): boolean {
  return (BY.test(letters) && !NOT_BY.test(letters)) || TO.test(letters) || FOR.test(letters);
}

/**
 * Whether an attribute or element name may refer to a task's people.
 * @param isText it is a text in a document, such as the name of a property, for which other scripts are usual
 */
export function isAboutPeople(name: string, isText = false): boolean {
  const words = wordsOf(name);
  const letters = words.join('');
  return (
    (!isText && OTHER_SCRIPT.test(name)) ||
    COMPOUND.test(letters) ||
    saysByWhom(letters) ||
    STEM.test(name.toLowerCase()) ||
    words.some((word) => WORDS.has(word) || STEM.test(word)) ||
    HEADS.has(headOf(words) ?? '') ||
    isNearlyKnown(name)
  );
}

/** The same for an attribute of the task itself, of which more can only be people. */
export function isPersonOfTask(name: string, value: string): boolean {
  const letters = wordsOf(name).join('').replace(/^task/, '');
  return (OF_TASK.has(letters) && !NO_NAME.test(value.trim())) || isAboutPeople(name);
}

/** Whether it may refer to a process's starters; a process has owners and groups of other kinds as well. */
export function isAboutStarters(name: string): boolean {
  return wordsOf(name).some((word) => STARTER_WORDS.has(word)) || isNearlyKnown(name);
}
