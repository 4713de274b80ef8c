import type { Filter } from './filter.ts';

/** Writes a filter so that parsing it gives the same filter again. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'present':
      return `${filter.path} pr`;
    case 'compare':
      return `${filter.path} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'element':
      return `${filter.path}[${printFilter(filter.filter)}]`;
    case 'not':
      return `not (${printFilter(filter.operand)})`;
    case 'and':
      return filter.operands.map((operand) => grouped(operand, operand.kind === 'and' || operand.kind === 'or')).join(' and ');
    case 'or':
      return filter.operands.map((operand) => grouped(operand, operand.kind === 'or')).join(' or ');
  }
}

const grouped = (filter: Filter, needed: boolean): string => (needed ? `(${printFilter(filter)})` : printFilter(filter));
