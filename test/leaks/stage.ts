/** What a scenario acts on: the bare host or the guarded one, each with bpmn-server's own `BPMNAPI` shape. */
export interface Stage {
  readonly api: any;
  readonly server: any;
  /** An object of bpmn-server's own `SecureUser`, with exactly these fields. */
  user(info: Record<string, unknown>): any;
  /** Runs code that calls the server directly; there is no user in such calls. */
  as<T>(user: unknown, work: () => T | Promise<T>): Promise<T>;
  /** The document as it stands in the store. */
  stored(instanceId: string): Promise<any>;
  /** Every filter with which the store was asked so far. */
  readonly asked: readonly unknown[];
  /** From now on a write to the store takes a while. */
  slowDown(): void;
  /** A folder that holds the models folder and nothing else. */
  readonly folder: string;
}

/** What came of an attack. */
export interface Result {
  /** What the attacker saw or changed. */
  readonly seen: unknown;
  /** For each thing tried `done`, or the code of its refusal. */
  readonly answers: Readonly<Record<string, string>>;
  /** What is allowed worked: a leak that is closed because nothing works is not closed. */
  readonly fine: boolean;
}

export interface Scenario {
  /** Of the host notes, such as `R1`. */
  readonly id: string;
  readonly says: string;
  /** Models are kept in a folder, as in bpmn-server's file store. */
  readonly files?: boolean;
  /** Leaves something behind in the modules of the host. */
  readonly alone?: boolean;
  attack(stage: Stage): Promise<Result>;
  leaked(result: Result): boolean;
  /** The answers that are right. */
  readonly right: Readonly<Record<string, string>>;
}

/** `done`, or the code (or the class) of what was thrown. */
export async function answerOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return 'done';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).name);
  }
}

/** The value, or undefined when the attempt was refused. */
export async function valueOf<T>(attempt: () => Promise<T>): Promise<T | undefined> {
  try {
    return await attempt();
  } catch {
    return undefined;
  }
}

export const ADMIN = { userName: 'admin', userGroups: ['ADMIN'] };
export const ALICE = { userName: 'alice', userGroups: ['hr'] };
export const BOB = { userName: 'bob', userGroups: ['hr'] };
/** A stranger: nothing is hers. */
export const EVE = { userName: 'eve', userGroups: [] as string[] };

/** The one item of an element in the stored document. */
export async function storedItem(stage: Stage, instanceId: string, elementId: string): Promise<any> {
  const { items } = await stage.stored(instanceId);
  return items.filter((item: any) => item.elementId === elementId).at(-1);
}

/** Stores a model as an administrator. */
export const deploy = (
  stage: Stage,
  name: string,
  source: string,
  who: Record<string, unknown> = ADMIN,
): Promise<unknown> => stage.api.model.save(name, source, null, stage.user(who));

/** Stores and starts a model as alice. */
export async function started(
  stage: Stage,
  source: string,
  data: object = {},
  who: Record<string, unknown> = ALICE,
): Promise<any> {
  await deploy(stage, 'Work', source);
  return stage.api.engine.start('Work', data, stage.user(who));
}
