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
  candidates claimant department departments employee employees executor executors group groups handler handlers
  manager managers member members owner owners participant participants people performer performers person persons
  responsibility responsible reviewer reviewers role roles staff starter starters swimlane team teams user users
  actorid groupid groupids groupname ownerid roleid rolename userid userids username usernames
  accountable clerk clerks supervisor supervisors
  acl authorised authorities authority authorized boss bosses delegate delegates deputies deputy designee designees
  entitled nominee nominees officer officers permission permissions raci rasci signatories signatory signer signers
  substitute substitutes teamlead teamleader
  administrator administrators admins allocatee coordinator coordinators coworker coworkers crew custodian dept
  depts deptid personnel squad usergroup usergroups userlist workgroup workgroups
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
  `admin agent agents allocation colleague colleagues editors holder holders human humans lead leads principal
  principals readers recipient recipients resource resources technician technicians viewers worker workers`.split(
    /\s+/,
  ),
);
/** What may follow them. */
const TAILS = new Set(['code', 'codes', 'id', 'ids', 'list', 'name', 'names', 'no', 'ref', 'refs']);
/** Suffixes that ask for the number of somebody or something: `operatorId="17"`. */
const IDS = new Set(['id', 'ids', 'ref', 'refs']);
/** Names that mean people only as an attribute of the task itself: `email` in an extension is a notification. */
const OF_TASK = new Set(
  `access accesscontrol account allow allowed approval approve consulted contact contacts email emailaddress emails
  forwhom identity inbox inboxof informed initiator lane login logins mail mailto operator operators org
  organisation organization ou persona personas pool position positions poste processor profile profiles queue
  requester restrictto restricted route routing submitter to unit visibility who whom workqueue`.split(/\s+/),
);
/** Values that cannot be names, where the name of an attribute says little: places, sizes, switches. */
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
  /identitylink|jobtitle|ownership|org(?:anisation(?:al)?|anization(?:al)?)?unit|(?:read|write)(?:access|fields)|signoff|zugeordnet/;

/** `performedBy`, `visibleTo`, `reservedFor`: a participle and its preposition, in one word or two. */
const BY =
  /(?:ed|begun|chosen|done|given|held|made|owned|run|sent|taken|written|able)by(?:ids?|names?|users?)?$/;
const TO =
  /(?:addressed|allocated|delegated|dispatched|escalated|forwarded|given|limited|permitted|restricted|routed|sent|visible)to$/;
const FOR = /(?:allowed|permitted|reserved|visible)for$/;
/** What editors note about a document and its parts, and what has a cause other than a person. */
const NOT_BY =
  /(?:authored|calculated|caused|changed|created|deployed|edited|exported|filtered|followed|generated|grouped|imported|locked|modified|ordered|powered|preceded|published|referenced|replaced|saved|sorted|triggered|updated|used|versioned)by/;

/** Verbs before `by` at the end of a name that do not mean a person: `sortBy`, `dueBy`. */
const NOT_VERBS = new Set(
  `complete deliver divide due end expire filter finish follow group increment multiply near need order page reply
  respond sort stand start step valid`.split(/\s+/),
);

/** Scripts in which the vocabulary has hardly any words: a name that uses them may refer to people. */
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

/** Longer names do not count as misspelt. */
const LONGEST = 60;

/** Names with so many letters are recognised with two wrong ones. */
const MANY_LETTERS = 8;

/** Whether a name is another one with up to two wrong letters. */
export function resembles(name: string, known: string): boolean {
  if (name.length > LONGEST) return false;
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  return distance(letters, known, 2) <= (known.length >= MANY_LETTERS ? 2 : 1);
}

/** A known name in any case, and nothing else. */
export const isNameOfAssignment = (name: string): boolean => KNOWN.includes(name.toLowerCase());

/** A known name, or one with up to two wrong letters: `asignee`, `canditateUsers`. */
export function isNearlyKnown(name: string): boolean {
  return KNOWN.some((known) => resembles(name, known));
}

/** The word that says what a name is: the last one, without `id` or `name`. */
function headOf(words: readonly string[]): string | undefined {
  return words.filter((word) => word !== '').findLast((word, index) => index === 0 || !TAILS.has(word));
}

/** `approveBy`, `signOffBy`: a verb and `by`. */
function endsWithBy(words: readonly string[], letters: string): boolean {
  const given = words.filter((word) => word !== '');
  return (
    given.length > 1 &&
    given.at(-1) === 'by' &&
    !NOT_BY.test(letters) &&
    !given.some((word) => NOT_VERBS.has(word))
  );
}

function saysByWhom(words: readonly string[]): boolean {
  const letters = words.join('');
  return (
    (BY.test(letters) && !NOT_BY.test(letters)) ||
    TO.test(letters) ||
    FOR.test(letters) ||
    endsWithBy(words, letters)
  );
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
    saysByWhom(words) ||
    STEM.test(name.toLowerCase()) ||
    words.some((word) => WORDS.has(word) || STEM.test(word)) ||
    HEADS.has(headOf(words) ?? '') ||
    isNearlyKnown(name)
  );
}

/** The same for an attribute of the task itself, where more words can only mean people. */
export function isPersonOfTask(name: string, value: string): boolean {
  const words = wordsOf(name).filter((word) => word !== '');
  const letters = words.join('').replace(/^task/, '');
  const isId = words.length > 1 && IDS.has(words.at(-1) ?? '');
  const isPerson =
    (OF_TASK.has(letters) && !NO_NAME.test(value.trim())) ||
    (isId && OF_TASK.has(words.slice(0, -1).join('').replace(/^task/, '')));
  return isPerson || isAboutPeople(name);
}

/** Whether it may refer to a process's starters; a process has owners and groups of other kinds as well. */
export function isAboutStarters(name: string): boolean {
  return wordsOf(name).some((word) => STARTER_WORDS.has(word)) || isNearlyKnown(name);
}
