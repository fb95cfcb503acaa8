/** Errors of the server's areas: one class per area, codes from a closed union. */
import { CodedError } from '../proto/errors.ts';

/** A setting that cannot be used. Thrown before anything is opened. */
export type ConfigErrorCode =
  | 'ERR_CONFIG_UNKNOWN' // an option that does not exist
  | 'ERR_CONFIG_VALUE' // a value out of range or of another form
  | 'ERR_CONFIG_TLS' // half a certificate pair, or files that cannot be read
  | 'ERR_CONFIG_EXPOSED' // an open address without access token and TLS
  | 'ERR_CONFIG_LISTEN'; // a port that is taken, or an address that is not this machine's
export class ConfigError extends CodedError<ConfigErrorCode> {}

/** A compute process that cannot do what was asked of it. */
export type ComputeErrorCode =
  | 'ERR_COMPUTE_BACKEND' // no backend could be opened
  | 'ERR_COMPUTE_TRACE' // a function that cannot be made into a graph
  | 'ERR_COMPUTE_DIED' // the process ended while the call was pending; it is being started again
  | 'ERR_COMPUTE_CLOSED' // a call after close
  | 'ERR_COMPUTE_BUSY' // more calls pending than the queue holds
  | 'ERR_COMPUTE_LABEL' // the journal has no such label
  | 'ERR_COMPUTE_FAILED'; // anything else that went wrong inside, the cause in the message
export class ComputeError extends CodedError<ComputeErrorCode> {}

/** What can be wrong with the journal, its file, or the folder of models. */
export type StoreErrorCode =
  | 'ERR_STORE_FEATURES' // the file holds features of another specification
  | 'ERR_STORE_SCHEMA' // the file was written by a newer version of the program
  | 'ERR_STORE_CORRUPT' // not our file, or damaged
  | 'ERR_STORE_FULL' // the disk or the store's own bound
  | 'ERR_STORE_QUEUE' // too many appends wait
  | 'ERR_STORE_EVENT' // an event that may not be appended
  | 'ERR_STORE_CLOSED' // used after close
  | 'ERR_STORE_IO' // anything else that SQLite, the file system or the writer thread reports
  | 'ERR_STORE_VERSION_TAKEN' // a model version that exists already
  | 'ERR_STORE_LOCKED'; // another process works in the folder
/** The store could not do what was asked; whatever it acknowledged before still holds. */
export class StoreError extends CodedError<StoreErrorCode> {}

/** What a person asked of a project or a session that cannot be done. The request is refused, the session goes on. */
export type SessionErrorCode =
  | 'ERR_LABEL_EMPTY' // no window of the label's modality lies inside its span
  | 'ERR_LABEL_UNKNOWN' // undo of a label that is not in force
  | 'ERR_CLASS_UNKNOWN'
  | 'ERR_CLASS_NAME_TAKEN'
  | 'ERR_CLASS_LIMIT' // as many classes as a project may have
  | 'ERR_VERSION_UNKNOWN' // rollback to a version that is not kept
  | 'ERR_SESSION_UNKNOWN'
  | 'ERR_SESSION_LIMIT'; // as many sessions as this server admits
export class SessionError extends CodedError<SessionErrorCode> {}

/** WebRTC that cannot be had, or an offer that cannot be taken. The peer goes on without it. */
export type SfuErrorCode =
  | 'ERR_SFU_OFFER' // not SDP, or nothing in it that is taken here
  | 'ERR_SFU_UNAVAILABLE' // no worker runs
  | 'ERR_SFU_LIMIT'; // as many connections as a worker may hold
export class SfuError extends CodedError<SfuErrorCode> {}

/** What can be wrong with a command's options, files or connection. */
export type CliErrorCode =
  | 'ERR_CLI_OPTION'
  | 'ERR_CLI_CONNECT'
  | 'ERR_CLI_CLOSED' // the server ended the connection
  | 'ERR_CLI_REFUSED' // the server refused a request
  | 'ERR_CLI_LABELS' // a table of labels that cannot be read
  | 'ERR_CLI_MEDIA'; // a media file that cannot be read or encoded
export class CliError extends CodedError<CliErrorCode> {}

/** A pretraining run that cannot begin or go on. */
export type PretrainingErrorCode =
  | 'ERR_PRETRAINING_OPTION' // a command line that does not fit
  | 'ERR_PRETRAINING_STATE' // a stored state that is damaged, or of a run with other settings
  | 'ERR_PRETRAINING_DIVERGED'; // the loss is no number any more
export class PretrainingError extends CodedError<PretrainingErrorCode> {}

/** A plugged-in backbone that cannot be used. Thrown before anything is opened. */
export type BackboneErrorCode =
  | 'ERR_BACKBONE_FILES' // files or an address that cannot be read
  | 'ERR_BACKBONE_FORMAT' // no TensorFlow.js model
  | 'ERR_BACKBONE_INPUT' // an input that none of our windows fits
  | 'ERR_BACKBONE_OUTPUT' // no output that is an embedding, or none of that name
  | 'ERR_BACKBONE_OPERATION' // an operation that this backend lacks
  | 'ERR_BACKBONE_NUMBERS' // it gives NaN or infinity
  | 'ERR_BACKBONE_PROJECT'; // the project was begun with another backbone, or with none
export class BackboneError extends CodedError<BackboneErrorCode> {}
