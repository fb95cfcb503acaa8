/** What can go wrong in the page, as a person can act on it. */
import { CodedError } from '../proto/errors.ts';

export type ClientErrorCode =
  | 'ERR_CLIENT_INSECURE' // the browser gives no camera here: plain http on another address
  | 'ERR_CLIENT_PERMISSION' // camera and microphone were refused
  | 'ERR_CLIENT_NO_DEVICE' // no camera and no microphone
  | 'ERR_CLIENT_DEVICE_BUSY' // another program holds the device
  | 'ERR_CLIENT_CAPTURE' // the capture path failed on the way
  | 'ERR_CLIENT_TOKEN' // the access token was refused
  | 'ERR_CLIENT_OUTBOX'; // too many labels wait for the server

/** An error of the page. `message` is shown to the person as it stands. */
export class ClientError extends CodedError<ClientErrorCode> {}
