/**
 * Every word the sign-in pages say, in English; the shape all other languages follow. `{places}` are filled with names.
 * Sentences speak to a person who only wants to get on with their work: what happened, then what to do.
 */
export const english = {
  language: 'en',
  errorTitle: 'Error: {title}',
  protectedBy: 'Protected by Gatehouse',
  continue: 'Continue',
  cancel: 'Cancel',
  signedInAs: 'Signed in as',
  signingInAs: 'Signing in as',
  notYou: 'Not you?',
  notYouDetail: 'Use another email or user name',
  logoOf: 'Logo of {name}',
  identifier: {
    title: 'Sign in',
    lead: 'to continue to {application}',
    field: 'Email or user name',
    errors: {
      missing: 'Enter your email or user name.',
      malformed: 'This does not look like an email or user name. Check it for typing mistakes.',
      unknown: 'There is no way to sign in with this email or user name here. Check it for typing mistakes.',
    },
  },
  connections: {
    title: 'Choose how to sign in',
    lead: 'Continue to {application} with',
    leadAlone: 'Continue with',
    password: 'Password',
    passwordDetail: 'Sign in with your Gatehouse password',
    errors: { unavailable: 'This way of signing in does not work right now. Choose another one or try again later.' },
  },
  password: {
    title: 'Enter your password',
    lead: 'to continue to {application}',
    field: 'Password',
    submit: 'Sign in',
    errors: {
      missing: 'Enter your password.',
      wrong: 'The user name and the password do not match. Try again.',
      throttled: 'There were too many attempts. To protect this account, please wait {wait} before you try again.',
    },
  },
  consent: {
    title: 'Allow access?',
    lead: '{application} asks for access to your account at {organization}.',
    asks: 'It would be able to',
    allow: 'Allow',
    deny: 'Do not allow',
    note: 'Allow this only if you trust the application. An administrator of your organization can end it at any time.',
    terms: 'Terms of service',
    policy: 'Privacy policy',
    otherScope: 'Use the permission {scope}',
    scopes: {
      openid: 'Know that it is you',
      profile: 'See your name, user name and language',
      email: 'See your email address',
      phone: 'See your phone number',
      address: 'See your postal address',
      offline_access: 'Stay connected while you are away',
      roles: 'See your roles at {organization}',
      groups: 'See your groups at {organization}',
    } as Readonly<Record<string, string>>,
  },
  organizations: {
    title: 'Choose an organization',
    lead: 'Which one do you want to use with {application}?',
    leadAlone: 'Which one do you want to use?',
  },
  leaving: {
    title: 'One moment',
    lead: 'We are taking you to {destination}.',
    stuck: 'Nothing happens? Continue by hand.',
  },
  signedOut: {
    title: 'You are signed out',
    lead: 'You have been signed out of Gatehouse.',
    leadFrom: 'You have been signed out of {application} and Gatehouse.',
    shared: 'On a shared computer, close the browser too: other applications may keep you signed in for a while.',
    back: 'Back to {application}',
  },
  signOut: {
    title: 'Sign out?',
    lead: '{application} asks to sign you out.',
    leadAlone: 'Do you want to sign out of Gatehouse?',
    note: 'Applications that you opened with this sign-in may ask you to sign in again.',
    yes: 'Sign out',
    no: 'Stay signed in',
  },
  failure: {
    retry: 'Start again',
    back: 'Back to {application}',
    whatYouCanDo: 'What you can do',
    reference: 'Reference',
    time: 'Time',
    tellSupport: 'If you ask for help, give this reference: it lets an administrator find out what happened.',
    expired: {
      title: 'This sign-in has expired',
      what: 'It was open for too long, or was already completed in another window.',
      advice: ['Go back to the application and sign in again.', 'If you saved this page as a bookmark, save the address of the application instead.'],
    },
    cancelled: {
      title: 'Sign-in was cancelled',
      what: 'You were not signed in, and nothing was shared.',
      advice: ['If you did not mean to cancel, start again.', 'Otherwise you can close this page.'],
    },
    'upstream-failed': {
      title: 'Your organization’s sign-in did not work',
      what: 'We could not complete the sign-in with your organization. Your account is not affected.',
      advice: ['Try again in a moment.', 'If it happens again, tell your organization’s administrator.'],
    },
    denied: {
      title: 'You do not have access',
      what: 'You are signed in, but your account may not use this application.',
      advice: ['Ask your organization’s administrator for access.', 'If you have more than one account, sign in with the other one.'],
    },
    deactivated: {
      title: 'This account is not active',
      what: 'The account exists, but an administrator has deactivated it.',
      advice: ['If you think this is a mistake, ask your organization’s administrator to activate it again.'],
    },
    'unknown-application': {
      title: 'We do not know this application',
      what: 'The application that sent you here is not registered, or gave an address that is not its own. We stopped to protect you.',
      advice: ['Open the application from a place you trust and try again.', 'If it happens again, tell the people who run the application.'],
    },
    'bad-request': {
      title: 'This request cannot be understood',
      what: 'The link or form that brought you here is incomplete or has been changed.',
      advice: ['Go back to the application and sign in again.', 'If it happens again, tell the people who run the application.'],
    },
    'too-many': {
      title: 'Too many attempts',
      what: 'To protect accounts, sign-in is paused for a short time.',
      advice: ['Wait a few minutes, then try again.'],
      wait: 'Wait {wait}, then try again.',
    },
    unexpected: {
      title: 'Something went wrong on our side',
      what: 'This was not your fault. The people who run this service can see what happened.',
      advice: ['Try again in a moment.', 'If it happens again, tell your administrator the reference below.'],
    },
  },
};

export type Words = typeof english;
