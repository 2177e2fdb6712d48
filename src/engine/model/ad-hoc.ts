import { BPMN } from './dialects/uris.js';

/** The ids of tasks that were added to a running instance begin with this. */
export const AD_HOC_TASK = 'adhoc_task_';

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that a text in XML cannot have. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\ufffe\uffff]/g;
const escaped = (text: string): string =>
  text.replace(CONTROL, ' ').replace(/[&<>"]/g, (character) => XML[character] as string);

/** The closing tag of the document's root, which is followed by nothing but comments and blanks. */
const END = /<\/(?:[\w.-]+:)?definitions\s*>(?=(?:\s|<!--(?:(?!-->)[^])*-->)*$)/;

/** The elements of one added task. */
export interface AdHoc {
  readonly start: string;
  readonly task: string;
}

export const adHocOf = (key: string): AdHoc => ({
  start: `adhoc_start_${key}`,
  task: `${AD_HOC_TASK}${key}`,
});

/**
 * The source with one more process of one user task, which belongs to nobody: it is assigned once it has started.
 * @returns undefined if the end of the document is not found
 */
export function withAdHocTask(source: string, { start, task }: AdHoc, name: string): string | undefined {
  const end = END.exec(source);
  if (end === null) return undefined;
  const finish = `${task}_end`;
  const added = [
    `<process xmlns="${BPMN}" id="${task}_process" isExecutable="true">`,
    `<startEvent id="${start}"/><userTask id="${task}" name="${escaped(name)}"/><endEvent id="${finish}"/>`,
    `<sequenceFlow id="${start}_flow" sourceRef="${start}" targetRef="${task}"/>`,
    `<sequenceFlow id="${task}_flow" sourceRef="${task}" targetRef="${finish}"/></process>`,
  ].join('');
  return `${source.slice(0, end.index)}${added}${source.slice(end.index)}`;
}
