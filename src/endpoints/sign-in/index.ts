/**
 * What a person meets in the browser while signing in: the pages, and the steps from the first question to the answer
 * the application is waiting for. Leaves to federation how an identity provider is asked, to provisioning who the
 * answer makes the person, and to the OpenID provider what the application is told.
 */
export * from './pages/index.ts';
