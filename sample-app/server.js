import { startApp } from './app.js';
import { DEMO_USERS } from './users/demo.js';

function introduce({ address, config }) {
  console.log(`The sample application is at ${address}`);
  if (!config.requireAuthentication)
    console.log(`There is no login (REQUIRE_AUTHENTICATION=false): ${config.developmentUser} acts.`);
  else if (config.demoUsers) {
    console.log('Demo users (for demonstration only):');
    for (const { userName, password, userGroups } of DEMO_USERS)
      console.log(`  ${userName.padEnd(10)} ${password.padEnd(16)} ${userGroups.join(', ')}`);
  }
}

/** Shuts down after finishing what is running. */
function stopOn(signals, app) {
  async function stop() {
    try {
      await app.close();
      process.exit(0);
    } catch (error) {
      console.error(`The sample application did not shut down properly: ${error.message}`);
      process.exit(1);
    }
  }
  for (const signal of signals) process.once(signal, stop);
}

try {
  const app = await startApp();
  stopOn(['SIGINT', 'SIGTERM'], app);
  introduce(app);
} catch (error) {
  console.error(`The sample application did not start: ${error.message}`);
  process.exitCode = 1;
}
