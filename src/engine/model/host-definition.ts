// Import the whole host first: its modules form a cycle that must not be entered elsewhere.
import 'bpmn-server';
import * as exported from 'bpmn-server/dist/elements/Definition.js';
import type { HostDefinition } from './host-types.js';
import type { ParsingServer } from './parsing.js';

type Class = new (name: string, source: string, server: ParsingServer) => object;
interface HostModule {
  Definition: Class & { [SHARED]?: true };
}

// Two copies of this package (CommonJS and ES modules) patch the host only once.
const SHARED = Symbol.for('bpmn-guard.parsing');

/** The host's own module, however it was imported. */
const host = ((exported as { default?: unknown }).default ?? exported) as HostModule;

/**
 * The host parses a model's source whenever it loads an instance, each time with a new parser, which takes most of
 * a command's time. Definitions of a server with `parsing` use its parser and cache; other servers are unchanged.
 */
export function shareParsing(): void {
  if (host.Definition[SHARED] === true) return;
  const construct = (made: Class, args: [string, string, ParsingServer], target: Class): object => {
    const [name, source, server] = args;
    const { parsing } = server;
    if (parsing === undefined) return Reflect.construct(made, args, target) as object;
    return Object.assign(Object.create(target.prototype as object) as object, {
      server,
      name,
      source,
      logger: server.logger,
      moddle: parsing.parser(),
      processes: new Map(),
      nodes: new Map(),
      flows: [],
      accessRules: [],
      getDefinition: () => parsing.tree(name, source),
    });
  };
  host.Definition = new Proxy(Object.assign(host.Definition, { [SHARED]: true as const }), { construct });
}

/** A definition of the host that is not loaded yet. */
export const newDefinition = (name: string, source: string, server: ParsingServer): HostDefinition =>
  new host.Definition(name, source, server) as HostDefinition;
