const KINDS = {
  string: 'text',
  long: 'whole',
  integer: 'whole',
  double: 'number',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  enum: 'enum',
};

const childrenOf = (element, type) => (element.$children ?? []).filter(({ $type }) => $type === type);
const numberOf = (text) => (text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text));

/** A form field of the model (camunda:formField), for the pages. Unknown types are entered as text. */
function fieldOf(element) {
  const constraints = new Map(
    childrenOf(element, 'camunda:validation')
      .flatMap((v) => childrenOf(v, 'camunda:constraint'))
      .map(({ name, config }) => [name, config]),
  );
  return Object.freeze({
    id: element.id,
    label: element.label ?? element.id,
    kind: KINDS[element.type] ?? 'text',
    defaultValue: element.defaultValue,
    values: childrenOf(element, 'camunda:value').map(({ id, name }) => ({ id, name: name ?? id })),
    required: constraints.has('required'),
    readonly: constraints.has('readonly'),
    min: numberOf(constraints.get('min')),
    max: numberOf(constraints.get('max')),
    minlength: numberOf(constraints.get('minlength')),
    maxlength: numberOf(constraints.get('maxlength')),
  });
}

function formOf({ def }) {
  const values = def?.extensionElements?.values ?? [];
  return values
    .filter(({ $type }) => $type === 'camunda:formData')
    .flatMap((form) => childrenOf(form, 'camunda:formField').map(fieldOf));
}

const NO_FORMS = Object.freeze({ of: () => [], byId: new Map() });

/**
 * The forms of a model, as far as the reader may see it.
 * @returns `of(elementId)` returns the fields of one form; `byId` has all fields of the model
 */
export async function formsOf(api, modelName) {
  const model = await api.model.load(modelName).catch((error) => {
    if (error.code === 'not-found' || error.code === 'forbidden') return undefined;
    throw error;
  });
  if (!model) return NO_FORMS;
  const forms = new Map(model.toJSON().elements.map((element) => [element.id, formOf(element)]));
  return Object.freeze({
    of: (elementId) => forms.get(elementId) ?? [],
    byId: new Map([...forms.values()].flat().map((field) => [field.id, field])),
  });
}
