import { UsageError } from './usage-error.ts';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['ki', 1024],
  ['mi', 1024 ** 2],
  ['gi', 1024 ** 3],
]);

/** Bytes of a size as Kubernetes writes quantities (`50Mi`, `2G`), with or without a B at the end. */
export function readSize(text: string, flag: string): number {
  const [, number = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?)\s?([kmg]i?)?b?$/i.exec(text) ?? [];
  const bytes = Number(number) * (UNITS.get(unit.toLowerCase()) ?? 1);
  if (number === '' || bytes < 1) throw new UsageError(`${flag} cannot be '${text}'`, 'give a size, for example: 50Mi');
  return Math.floor(bytes);
}

/** `7.6 KiB`, `3 bytes`. */
export function writeSize(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB'];
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const step = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step - 1]}`;
}
