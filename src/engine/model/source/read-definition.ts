import { BadInput, isGuardError } from '../../../core/errors.js';
import { messageOf } from '../../../core/thrown.js';
import { documentOf, recordLost } from '../dialects/document.js';
import { setInitiator } from '../dialects/start-people.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { newDefinition } from '../host-definition.js';
import type { HostDefinition, ModdleElement } from '../host.js';
import type { Parsed, Parser, ParsingServer, Tree } from '../parsing.js';
import { disguise, unveil } from './disguise.js';
import { heedIds } from './ids.js';
import { danglingBy, droppedIds, lostBy, lostInSilence } from './lost.js';
import { lineAt, linesOf, tooDeepIn } from './markup.js';
import { mend } from './mend.js';
import { resolveNames } from './qualified.js';

/** Elements inside each other: a document is read, checked and run by functions that call themselves. */
const DEEPEST = 500;

interface Loadable extends HostDefinition {
  moddle: Parser;
  getDefinition(source: string): Promise<Parsed>;
}

/** A definition, and the warnings about how its document was read. */
export interface ReadDefinition {
  readonly definition: HostDefinition;
  readonly root: ModdleElement;
  readonly warnings: readonly ModelWarning[];
}

/** The longest cause in a message: that of the parser may quote the whole source. */
const LONGEST_CAUSE = 200;

function oneLine(text: string): string {
  const line = text
    .slice(0, 2 * LONGEST_CAUSE)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > LONGEST_CAUSE ? `${line.slice(0, LONGEST_CAUSE)}…` : line;
}

/** The error for a document that bpmn-server cannot read, worded for its author. */
export function refusal(error: unknown): BadInput {
  if (isGuardError(error)) return error as BadInput;
  const cause = oneLine(messageOf(error));
  return new BadInput('bad-model', `bpmn-server cannot read it: ${cause}.`, { cause: error });
}

/** @throws BadInput `bad-model` */
function assertNotTooDeep(source: string): void {
  const tag = tooDeepIn(source, DEEPEST);
  if (tag === undefined) return;
  const line = lineAt(linesOf(source), tag.offset);
  throw new BadInput(
    'bad-model',
    `${tag.local} in line ${line} is inside more than ${DEEPEST} other elements.`,
  );
}

/** Parses a source, keeps what the parser dropped, and repairs what bpmn-server could not load. */
export async function parse(parser: Parser, source: string): Promise<Tree> {
  assertNotTooDeep(source);
  const { source: readable, names } = disguise(source);
  const { warnings: told, ...parsed } = await parser.fromXML(readable);
  const { rootElement: root } = parsed;
  const all = heedIds(parsed, unveil(parsed, told, names));
  const { isJbpm, namespaces } = documentOf(root);
  const given = resolveNames(parsed, namespaces, all);
  const text = { source, lines: linesOf(source) };
  const lost = given.map((entry) => lostBy(entry, isJbpm, text)).filter((entry) => entry !== undefined);
  lost.push(...lostInSilence(text));
  const dangling = given.map((entry) => danglingBy(entry, root)).filter((entry) => entry !== undefined);
  const people = [
    ...lost.filter(({ namedPeople }) => namedPeople),
    ...dangling.filter(({ ofLanes }) => ofLanes),
  ];
  recordLost(
    root,
    people.map(({ warning }) => warning),
    people.find(({ ofLanes }) => ofLanes)?.warning,
  );
  mend(parsed, droppedIds(all));
  return { ...parsed, root, warnings: [...lost, ...dangling].map(({ warning }) => warning) };
}

/**
 * Reads a BPMN source with bpmn-server's own parser and loader.
 * @throws BadInput `bad-model` if it cannot be run, naming the element and the cause
 */
export async function readDefinition(
  name: string,
  source: string,
  server: ParsingServer,
): Promise<ReadDefinition> {
  if (source.trim() === '') throw new BadInput('bad-model', 'A model needs its BPMN source as text.');
  const definition = newDefinition(name, source, server) as Loadable;
  try {
    const parsed = await (server.parsing?.tree(name, source) ?? parse(definition.moddle, source));
    // Replaces upstream's logger, which prints the beginning of a source that it cannot read.
    definition.getDefinition = () => Promise.resolve(parsed);
    await definition.load();
    for (const node of definition.nodes.values()) if (node.type === 'bpmn:StartEvent') setInitiator(node);
    return { definition, root: parsed.root, warnings: parsed.warnings };
  } catch (error) {
    throw refusal(error);
  }
}
