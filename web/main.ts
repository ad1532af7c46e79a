import { speakReadersLanguage } from './data/locale.ts';

// The language comes first: elements write their words once.
await speakReadersLanguage();
await import('./elements/q-app.ts');
