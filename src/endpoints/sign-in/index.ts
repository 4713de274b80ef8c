/**
 * What a person meets in the browser while signing in: the pages, and the steps from the first question to the answer
 * the application is waiting for. Leaves to federation how an identity provider is asked, to provisioning who the
 * answer makes the person, and to the OpenID provider what the application is told.
 */
export { countSignIns } from './sign-in-metrics.ts';
export * from './pages/index.ts';
export type { FinishedInteraction, InteractionDoor, WaitingRequest } from './interaction-door.ts';
export { DEFAULT_LIMITS, PasswordThrottle, type ThrottleLimits } from './password-throttle.ts';
export { createPagesOfProvider, type PagesOfProvider } from './provider-pages.ts';
export { createSignIn } from './sign-in.ts';
export type { SignInConnection, SignInDirectory, SignInLog, SignInMethods, SignInOptions } from './sign-in-options.ts';
