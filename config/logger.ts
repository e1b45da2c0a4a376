import winston from 'winston';
import { createRedactor } from './redaction';

/** The part of a logger that the code uses. Messages are constants; what varies goes into `data`. */
export type Logger = {
  error(message: string, data?: LogData): void;
  warn(message: string, data?: LogData): void;
  info(message: string, data?: LogData): void;
  debug(message: string, data?: LogData): void;
};
export type LogData = Readonly<Record<string, unknown>>;

export type LoggerOptions = {
  readonly level: string;
  /** JSON lines for machines (production) or readable lines for people. */
  readonly json: boolean;
  /** Values that must never appear in the log, whatever they are logged as. */
  readonly secrets: readonly string[];
  /** Fields of the request that is being served, such as its id. Called for every line. */
  readonly context: () => LogData;
};

/** A winston logger to standard output whose every line passes the redactor. */
export function createLogger(options: LoggerOptions): Logger {
  const redact = createRedactor(options.secrets);
  const enrich = winston.format((info) => {
    const { level, message, ...data } = info;
    const safe = redact({ ...options.context(), ...data }) as LogData;
    // In place: winston keeps what it needs under symbols of the object.
    return Object.assign(info, safe, { level, message: redact(message) });
  });
  return winston.createLogger({
    level: options.level,
    format: winston.format.combine(
      enrich(),
      winston.format.timestamp(),
      options.json ? winston.format.json() : readable,
    ),
    transports: [new winston.transports.Console()],
  });
}

const readable = winston.format.printf(({ timestamp, level, message, ...data }) => {
  const fields = Object.entries(data).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [String(timestamp), level.toUpperCase().padEnd(5), String(message), ...fields].join(' ');
});
