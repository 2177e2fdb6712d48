import { ADMIN_USER, Guards } from '../../../support/guards.js';
import { onStores } from '../../../support/stores.js';
import { directory, Stage } from './stage.js';
import { STORY_MODELS, STORY_RULES, tellStories } from './stories.js';

onStores('The stories of the access rules grid', (kind) => {
  const guards = new Guards(kind);
  tellStories(async () => {
    const guard = await guards.make({ models: STORY_MODELS, directory });
    await guard.as(ADMIN_USER).policies.grid.import('text', STORY_RULES);
    return new Stage(guard);
  });
});
