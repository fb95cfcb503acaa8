/** Errors of the server's areas: one class per area, codes from a closed union. */
import { CodedError } from '../proto/errors.ts';

/** A setting that cannot be used. Thrown before anything is opened. */
export type ConfigErrorCode =
  | 'ERR_CONFIG_UNKNOWN' // an option that does not exist
  | 'ERR_CONFIG_VALUE' // a value out of range or of another form
  | 'ERR_CONFIG_TLS' // half a certificate pair, or files that cannot be read
  | 'ERR_CONFIG_EXPOSED'; // an open address without access token and TLS
export class ConfigError extends CodedError<ConfigErrorCode> {}
