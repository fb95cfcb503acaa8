/** Names that browsers have and TypeScript's libraries lack here. */

/** AudioWorkletGlobalScope (Web Audio API, section 1.32). */
declare const currentFrame: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Chromium's MediaStreamTrackProcessor takes the track in a window too; TypeScript knows the worker's form only. */
interface MediaStreamTrackProcessorInit {
  track?: MediaStreamTrack;
  maxBufferSize?: number;
}

/** WebRTC Header Extension Control, which Chromium has. */
type NegotiableExtension = { readonly uri: string; readonly direction: RTCRtpTransceiverDirection };
interface RTCRtpTransceiver {
  getHeaderExtensionsToNegotiate?(): readonly NegotiableExtension[];
  setHeaderExtensionsToNegotiate?(extensions: readonly NegotiableExtension[]): void;
}
interface RTCRtpEncodingParameters {
  /** Scalable Video Coding for WebRTC, section 5.1. */
  scalabilityMode?: string;
}
interface RTCRtpSendParameters {
  degradationPreference?: 'maintain-framerate' | 'maintain-resolution' | 'balanced';
}
