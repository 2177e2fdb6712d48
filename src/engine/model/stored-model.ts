import { compileMatch } from '../../store/bson/match.js';
import type { Filter, StoredModel } from '../../store/port.js';
import type { ModelWarning } from '../contract/model-warning.js';

export type Events = Record<string, unknown>[];

/** The warnings found when a stored model was saved. */
export const warningsIn = (model: StoredModel): readonly ModelWarning[] =>
  (model.guard?.warnings ?? []) as unknown as readonly ModelWarning[];

/**
 * The events of the models that match the query. The query is applied to a model with one event in place of the
 * list.
 */
export function eventsOf(models: readonly StoredModel[], query: Filter): Events {
  const holds = compileMatch(query);
  return models.flatMap((model) =>
    (model.events ?? [])
      .filter((event) => holds({ ...model, events: event }))
      .map((event) => ({ ...event, modelName: model.name, _id: model._id })),
  );
}
