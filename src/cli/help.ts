/** What `bpmn-guard help` prints. */
export const HELP = `bpmn-guard <command> [options]

Data
  install                     make the indexes, or the folder of an embedded store
  reindex                     index instances from before the guard; Ctrl-C stops it, the next run goes on
  verify [--repair] [--json]  check indexes and search data; exit code 1 when something is wrong
  backup <target>             copy everything into an empty folder
  restore <backup>            put a backup, of either kind of store, into an empty store
  move <from> <to>            copy a store into an empty one, of either kind, and compare them; Ctrl-C stops it,
                              the next run goes on. A store is a folder, a URL mongodb://…/<name>, MONGO_DB_URL
                              or DATA_DIR
  archive --ended-before <date> [--dry-run]
                              move ended instances to the archive; Ctrl-C stops it, the next run goes on
  check-store <folder>        read all of an embedded store and compare it with what was written; exit code 1 when
                              something is damaged

Models
  models check <file …>       say what in .bpmn files cannot be run or is not understood; needs no store
      --json                  exit code 1 when there is something to say; also: check <file …>
  models list [--json]        of all owners
  models import <file …>      save .bpmn files, or those of a folder, each by the name of its file
      --owner <name>  --model-name <name>  --replace
  models export <folder>      write models as files
      --owner <name>  --model <name>  --replace

Policies
  policy check <file …>       find mistakes in policy files, or those of a folder; needs no store
  policy lint [--json]        rules that never hold, are hidden by others or leave a task to nobody
      --tenant <name>
  policy diff <file …>        what applying them would change; exit code 1 when they differ from the store
  policy apply <file …>       make what they state the policies in force; entries missing from the files are removed
      --reason <text>; diff too: --allow-unknown-models  --allow-internal  --switch-off-sections
  policy release              what files stated stays, and is changed through the API from now on
      --reason <text>
  policy export               print the stored policies as a policy file
      --tenant <name>  --version <number>  --output <file>
  policy history [--json]     versions, the newest first
      --tenant <name>

Work that ended processes
  work list [--json]          what is held back, because processes ended while it was under way
  work retry <id>             let it begin again
  work stop <instance>        end the instance, with all that waits in it

The audit trail
  audit list [--json]         who did what and what was refused, the newest first
      --since <date>  --until <date>  --user <name>  --answer <allowed, refused or failed>
      --tenant <name>  --limit <number>

Keys of programs
  key create <key name>       make a key and print it, once
      --for-anyone            it acts for every user; otherwise for
      --for-user <name>       these users, and
      --for-group <name>      members of these groups; with none of the three, only as itself
      --group <name>          a group of the program itself
      --tenant <name>         bound to a tenant; --without-tenant: to users without one
      --expires <date>        when it ends: 2030-12-31, at the beginning of that day in UTC
      --dangerously-act-for-administrators <reason>
      --dangerously-act-for-designers <reason>
  key list [--json]
  key revoke <key name>       where several tenants have it: --tenant <name>, --without-tenant, or --any-tenant

Users
  user add <user name>        the password is asked for, or piped in
      --group <name>  --tenant <name>  --models-owner <name>  --attribute <name=value>  --without-password
  user disable <user name>
  user enable <user name>
  user groups <user name>     print them; --add <group> and --remove <group> change them
  user remove <user name>     better disable: whoever gets the name again gets its tasks
  user password <user name>   the new password is asked for, or piped in
  user list [--json]

The store, for every command
  --url <url> --name <name>   a MongoDB database
  --folder <folder>           an embedded store; its application must not be running
  Without these MONGO_DB_URL and MONGO_DB_NAME count, then DATA_DIR. A URL with a password is better kept there.

Other
  help [command]              also --help, -h
  --version                   also -v, version

Options that name several things are repeated. Exit codes: 0 done, 1 not done or something is wrong, 2 not understood.`;

/** A command, or the options that every command has: its description there, and the heading above. */
interface Entry {
  readonly heading: string;
  readonly text: string;
}

/** The entries of the help: each begins with two blanks; further lines have more. */
const ENTRIES: readonly Entry[] = HELP.split('\n\n').flatMap((section) => {
  const [heading = '', ...lines] = section.split('\n');
  return lines
    .join('\n')
    .split(/\n(?= {2}\S)/)
    .map((text) => ({ heading, text }));
});

const OF_STORE = HELP.split('\n\n').find((section) => section.startsWith('The store')) as string;
/** These name their stores as arguments, or need none. */
const WITHOUT_STORE = /^ {2}move |needs no store/;

/**
 * The help text of a command, or of all commands that begin with a word.
 * @param words its first words
 * @returns undefined if there is none
 */
export function helpOf(words: readonly string[]): string | undefined {
  const name = words.join(' ') === 'check' ? 'models check' : words.join(' ');
  const found = ENTRIES.filter(({ text }) => text.startsWith(`  ${name} `));
  const [first] = found;
  if (first === undefined) return undefined;
  const rest = found.every(({ text }) => WITHOUT_STORE.test(text)) ? [] : [OF_STORE];
  return [[first.heading, ...found.map(({ text }) => text)].join('\n'), ...rest].join('\n\n');
}
