/** Variables by name, as the operating system hands them over. Nothing in it has been checked. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The one place that reads the process's environment; everything else is handed what it needs. */
export const environment = (): Environment => process.env;
