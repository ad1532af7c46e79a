import { registerHooks } from 'node:module';

// Loaded by Node for arm64 before the program: native packages are those for this machine.
const parentURL = new URL('../../node_modules/.arm64/package.json', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => next(specifier, specifier === 'koffi' ? { ...context, parentURL } : context),
});
