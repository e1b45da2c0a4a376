import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readPriceList } from '../../../config/priceList';
import { PricesError } from './pricesError';

const USUAL_MODE = 0o644;

/**
 * Writes the price list beside the file, has it read as the service will, and puts it in the file's place: whoever reads
 * meanwhile finds one or the other, whole.
 *
 * @throws PricesError where it cannot be written, ConfigurationError where the service could not read it
 */
export function replaceFile(path: string, text: string): void {
  const { target, mode } = placeOf(path);
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.new`);
  try {
    writeDurably(beside, text, mode);
    readPriceList(beside);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw isOfSystem(error) ? notWritten(path, error) : error;
  }
}

/** A link stays one, and leads to the new list. */
function placeOf(path: string): { target: string; mode: number } {
  try {
    const target = realpathSync(path);
    return { target, mode: statSync(target).mode & 0o777 };
  } catch {
    return { target: path, mode: USUAL_MODE };
  }
}

function writeDurably(path: string, text: string, mode: number): void {
  const file = openSync(path, 'w', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

function notWritten(path: string, { code = 'error' }: NodeJS.ErrnoException): PricesError {
  const remedy =
    code === 'EBUSY'
      ? 'A single file that is mounted cannot be replaced: mount its folder.'
      : 'Name a file in a folder that is there and can be written to, with PRICES_FILE or --file.';
  return new PricesError(`${path} cannot be written (${code}), and is as it was. ${remedy}`, 1);
}
