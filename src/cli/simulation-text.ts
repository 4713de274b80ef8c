import { harmless, printTable } from './output.ts';
import type { Progress, Report } from './simulator/index.ts';
import type { Terminal } from './terminal.ts';

const BAR = 24;
const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;

const counted = (number: number): string => number.toLocaleString('en-US');

function bar({ phase, done, total, requests, failures }: Progress, perSecond: number): string {
  const full = total === 0 ? BAR : Math.round((done / total) * BAR);
  const trouble = failures > 0 ? `  ${counted(failures)} failed` : '';
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${phase}  ${counted(done)}/${counted(total)}  ${counted(requests)} requests, ${counted(perSecond)}/s${trouble}`;
}

/**
 * Shows how far it is: one line that changes where a person watches, else a line per phase and every ten seconds.
 * @returns to be told of progress; without argument, of the end
 */
export function progressLine(terminal: Terminal): (progress?: Progress) => void {
  const begun = performance.now();
  let shownAt = -Infinity;
  return (progress) => {
    if (!progress) return terminal.status?.('');
    const now = performance.now();
    const ended = progress.done === progress.total;
    if (!ended && now - shownAt < (terminal.status ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS)) return;
    shownAt = now;
    const perSecond = Math.round((progress.requests * 1000) / Math.max(1, now - begun));
    if (terminal.status) terminal.status(bar(progress, perSecond));
    else if (progress.done > 0) terminal.error(`${progress.phase}: ${counted(progress.done)} of ${counted(progress.total)}, ${counted(progress.requests)} requests, ${counted(perSecond)}/s`);
  };
}

function trouble({ failures, reasons, firstFailure }: Report): string[] {
  if (!firstFailure) return [];
  const { reason, request, response } = firstFailure;
  return [
    `\nFailed: ${counted(failures)}`,
    ...reasons.map((one) => `  ${counted(one.count)} × ${one.reason}`),
    `\nThe first: ${reason}`,
    `  ${request.method} ${request.path}`,
    ...(request.body === undefined ? [] : [`  ${request.body}`]),
    response ? `  → ${response.status} ${response.body}` : '  → no answer',
  ].flatMap((text) => text.split('\n').map(harmless));
}

/** The report for people. */
export function printReport(report: Report): string {
  const rows = report.kinds.map((kind) => ({ ...kind }));
  const table = printTable(rows, [
    ['REQUEST', (row) => row['kind']],
    ['COUNT', (row) => row['requests']],
    ['FAILED', (row) => row['failed']],
    ['P50 MS', (row) => row['p50']],
    ['P95 MS', (row) => row['p95']],
    ['P99 MS', (row) => row['p99']],
  ]);
  const memory = report.phases.map(({ residentMiB }) => residentMiB);
  const range = memory.length === 0 ? '' : `; memory ${Math.min(...memory)} to ${Math.max(...memory)} MiB`;
  return [
    `${report.vendor}: ${counted(report.people)} people, ${counted(report.groups)} groups, ${report.cycles} cycles, seed ${report.seed}, at ${report.url}`,
    `${counted(report.requests)} requests in ${report.seconds} s (${counted(report.requestsPerSecond)}/s, ${report.concurrency} at a time), ${counted(report.waits)} waits${range}`,
    '',
    table,
    ...trouble(report),
    ...(report.remarks.length === 0 ? [] : ['\nWhat a strict client would object to:', ...report.remarks.map(({ rule, count, example }) => `  ${counted(count)} × ${rule} (${example})`)]),
    `\nVerified afterwards: ${counted(report.verified.requests)} reads, ${report.verified.failed === 0 ? 'all as they must be' : `${counted(report.verified.failed)} wrong`}.`,
  ].join('\n');
}
