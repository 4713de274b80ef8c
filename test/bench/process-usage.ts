import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes; elsewhere undefined, and the tables show a dash. */
const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Fields of /proc/<pid>/stat behind the name, which may hold anything, so from its last parenthesis on. */
function fieldsOf(pid: number): number[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 4).split(' ').map(Number);
}

/** A tick of the kernel's accounting is 10 ms on every common build. */
const TICK = 10;

/** User and system time of one process so far, in milliseconds. */
export function cpuMillis(pid: number): number | undefined {
  const fields = fieldsOf(pid);
  return fields === undefined ? undefined : ((fields[10] ?? 0) + (fields[11] ?? 0)) * TICK;
}

const mebibytes = (path: string, name: string): number | undefined => {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(path) ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
};

/** Resident memory of one process in MiB. */
export const residentMebibytes = (pid: number): number | undefined => mebibytes(`/proc/${pid}/status`, 'VmRSS');

/** Proportional memory of a process and its children in MiB: what they share is counted once. */
export function treeMebibytes(pid: number): number | undefined {
  const children = (): number[] => readdirSync('/proc').map(Number).filter((candidate) => candidate > 0 && fieldsOf(candidate)?.[0] === pid);
  const own = mebibytes(`/proc/${pid}/smaps_rollup`, 'Pss');
  return own === undefined ? undefined : children().reduce((sum, child) => sum + (mebibytes(`/proc/${child}/smaps_rollup`, 'Pss') ?? 0), own);
}
