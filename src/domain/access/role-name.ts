const PATTERN = /^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/;

/** What a role's name looks like, in words for a message. */
export const ROLE_NAME_RULE = 'a letter, then up to 127 letters, digits or _ . : -';

/** Whether the text can be the name of a role. Names are compared exactly. */
export const isRoleName = (text: string): boolean => PATTERN.test(text);
