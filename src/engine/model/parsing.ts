import type { ModelWarning } from '../contract/model-warning.js';
import type { HostServer, ModdleElement } from './host-types.js';

/** A reference from an element to another one. */
export interface Reference {
  readonly element: ModdleElement;
  readonly property: string;
  id: string;
}

/** What bpmn-server's parser makes of a source. */
export interface Parsed {
  readonly rootElement: ModdleElement;
  readonly elementsById: Record<string, ModdleElement>;
  readonly references: Reference[];
}

/** A warning of bpmn-server's parser about dropped content or a dangling reference. */
export interface ParserWarning {
  readonly message: string;
  readonly error?: { readonly message: string };
  readonly element?: { readonly id?: string; readonly name?: string; readonly $type: string };
  readonly property?: string;
  readonly value?: string;
}

/** The parser of bpmn-server. */
export interface Parser {
  fromXML(text: string): Promise<Parsed & { warnings: ParserWarning[] }>;
}

/** A document as the host loads it, with findings made on the way. */
export interface Tree extends Parsed {
  readonly root: ModdleElement;
  readonly warnings: readonly ModelWarning[];
}

/** Where a server's definitions come from if each source is parsed once. */
export interface Parsing {
  parser(): Parser;
  tree(name: string, source: string): Promise<Tree>;
}

/** A server of the host, whose definitions may come from one parser and cache. */
export interface ParsingServer extends HostServer {
  parsing?: Parsing;
}
