import { SAME_ATTRIBUTES, ZEEBE } from './uris.js';

/*
 * What is known to name nobody in the namespaces of the supported engines. Anything else there on a user task
 * or a start event may name people, so it closes: an allow list, because nobody can list all ways to say "approved by".
 */

/** Attributes of activities, user tasks and start events, apart from those that are read. */
const HARMLESS_ATTRIBUTES: readonly string[] = Object.freeze(
  `async asyncAfter asyncBefore asyncLeave asyncLeaveExclusive businessCalendarName category dueDate elementType
  exclusive extensionId followUpDate formFieldValidation formHandlerClass formKey formRef formRefBinding
  formRefVersion isInterrupting jobPriority jobCategory localScope modelerTemplate modelerTemplateIcon
  modelerTemplateVersion parallelInSameTransaction priority resultVariable sameDeployment skipExpression
  taskCompleterVariableName taskIdVariableName taskPriority triggerable useLocalScopeForResultVariable`.split(
    /\s+/,
  ),
);

/** Extension elements, apart from those that are read. Most hold data, forms or code: names in them name no people. */
const HARMLESS_ELEMENTS: readonly string[] = Object.freeze(
  `adHoc connector eventListener eventRegistry executionListener executionListeners failedJobRetryTimeCycle field
  formData formDefinition formProperty in inputOutput ioMapping linkedResources mapException out priorityDefinition
  properties property script taskDefinition taskHeaders taskListener taskListeners taskSchedule userTask userTaskForm
  versionTag`.split(/\s+/),
);

const ATTRIBUTES = new Set(HARMLESS_ATTRIBUTES.map((name) => name.toLowerCase()));
const ELEMENTS = new Set(HARMLESS_ELEMENTS.map((name) => name.toLowerCase()));

interface Name {
  readonly uri: string | undefined;
  readonly local: string;
}

/** Whether a namespace is one of a supported engine, whose names are known. */
export const isOfEngine = (uri: string | undefined): boolean =>
  uri !== undefined && (uri === ZEEBE || Object.hasOwn(SAME_ATTRIBUTES, uri));

/** Whether an attribute in the namespace of a supported engine is unknown there. */
export const isUnknownAttribute = ({ uri, local }: Name): boolean =>
  isOfEngine(uri) && !ATTRIBUTES.has(local.toLowerCase());

/** The same for an extension element. */
export const isUnknownElement = ({ uri, local }: Name): boolean =>
  isOfEngine(uri) && !ELEMENTS.has(local.toLowerCase());
