/**
 * Where a backbone's files are: a model.json, a folder that holds one, or an address, which is downloaded once into the data folder.
 * Looks at names and bytes alone; needs no TensorFlow.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import type { Modality } from '../../../proto/messages.ts';
import { JsonReader } from '../../../src/model/json-reader.ts';
import { BackboneError } from '../../errors.ts';

export type BackboneFiles = {
  /** As it was given. */
  readonly reference: string;
  /** Path of the model.json on this machine. */
  readonly model: string;
  /** Hex sha-256 over the model.json and its weights. */
  readonly digest: string;
};

/** Most that a model may weigh; a ViT-B has 350 MB. */
const MOST_BYTES = 512 * 1024 * 1024;
const DOWNLOAD_MS = 300_000;

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
const unreadable = (message: string, cause?: unknown): BackboneError =>
  new BackboneError('ERR_BACKBONE_FILES', message, { cause });

const isAddress = (reference: string): boolean => /^https?:\/\//i.test(reference);

const CONVERT = 'convert it with tensorflowjs_converter --output_format=tfjs_graph_model (see the README)';

/** What people have instead of a model.json. */
function foreign(path: string): string | null {
  if (/\.(h5|keras)$/i.test(path)) return `a Keras file: ${CONVERT}`;
  if (/\.(tflite|onnx|pb|pt|pth|safetensors)$/i.test(path)) return `no TensorFlow.js model: ${CONVERT}`;
  return null;
}

/** Names of the weight files, which lie beside the model.json. @throws {BackboneError} ERR_BACKBONE_FORMAT */
export function weightFilesOf(json: string, shown: string): readonly string[] {
  try {
    const model = JsonReader.of(JSON.parse(json), shown);
    model.object('modelTopology');
    const names = model.list('weightsManifest').flatMap((group) => group.strings('paths'));
    const outside = names.find((name) => name !== basename(name) || name === '..');
    if (outside === undefined) return names;
    throw new Error(`it names weights outside its folder (${outside})`);
  } catch (cause) {
    const seen = `${shown} is no TensorFlow.js model (${messageOf(cause)})`;
    const expected = 'expected a model.json with modelTopology and weightsManifest';
    throw new BackboneError('ERR_BACKBONE_FORMAT', `${seen}, ${expected}: ${CONVERT}`, { cause });
  }
}

async function localModel(modality: Modality, reference: string): Promise<string> {
  const flag = `--${modality}-backbone`;
  const other = foreign(reference);
  if (other) throw new BackboneError('ERR_BACKBONE_FORMAT', `${flag} is ${reference}, ${other}`);
  const path = resolve(reference);
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return path;
  } catch (cause) {
    throw unreadable(`${flag} is ${reference}, and there is no such file or folder: correct the path`, cause);
  }
  const model = join(path, 'model.json');
  if (await isFile(model)) return model;
  const saved = await isFile(join(path, 'saved_model.pb'));
  const seen = saved
    ? `a SavedModel: ${CONVERT}`
    : 'a folder without a model.json: name the folder that holds it';
  throw saved
    ? new BackboneError('ERR_BACKBONE_FORMAT', `${flag} is ${reference}, ${seen}`)
    : unreadable(`${flag} is ${reference}, ${seen}`);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The address of a model's model.json: a folder's has that name appended, TensorFlow Hub is asked for files. */
export function modelAddress(reference: string): URL {
  const address = new URL(reference);
  if (!address.pathname.endsWith('.json'))
    address.pathname = `${address.pathname.replace(/\/$/, '')}/model.json`;
  if (address.hostname === 'tfhub.dev' && !address.search) address.search = '?tfjs-format=file';
  return address;
}

export type Fetch = (address: URL, options: { readonly signal: AbortSignal }) => Promise<Response>;

async function download(address: URL, fetching: Fetch): Promise<Uint8Array> {
  try {
    const reply = await fetching(address, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const bytes = new Uint8Array(await reply.arrayBuffer());
    if (bytes.length <= MOST_BYTES) return bytes;
    throw new Error(`${bytes.length} bytes, at most ${MOST_BYTES} are taken`);
  } catch (cause) {
    const remedy = 'check the address and the network, or download the model and give its folder';
    throw unreadable(`${address.href} could not be downloaded (${messageOf(cause)}): ${remedy}`, cause);
  }
}

/** Downloads a model once: the folder gets its name when it is whole. */
async function fetched(reference: string, cache: string, fetching: Fetch): Promise<string> {
  const address = modelAddress(reference);
  const folder = join(cache, createHash('sha256').update(address.href).digest('hex').slice(0, 16));
  const model = join(folder, 'model.json');
  if (await isFile(model)) return model;
  const staged = `${folder}.part`;
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  const json = await download(address, fetching);
  await writeFile(join(staged, 'model.json'), json);
  for (const name of weightFilesOf(new TextDecoder().decode(json), address.href)) {
    const part = new URL(name, address);
    part.search = address.search;
    await writeFile(join(staged, name), await download(part, fetching));
  }
  await rename(staged, folder);
  return model;
}

/**
 * Finds a backbone's files.
 *
 * @param cache folder for what is downloaded.
 * @throws {BackboneError} ERR_BACKBONE_FILES for what is not there, ERR_BACKBONE_FORMAT for what is no TensorFlow.js model.
 */
export async function findBackbone(
  modality: Modality,
  reference: string,
  { cache, fetching = fetch }: { readonly cache: string; readonly fetching?: Fetch },
): Promise<BackboneFiles> {
  const model = isAddress(reference)
    ? await fetched(reference, cache, fetching)
    : await localModel(modality, reference);
  const hash = createHash('sha256');
  const json = await readFile(model, 'utf8');
  hash.update(json);
  for (const name of weightFilesOf(json, model)) {
    const file = join(dirname(model), name);
    hash.update(
      await readFile(file).catch((cause: unknown) => {
        throw unreadable(
          `${file} cannot be read (${messageOf(cause)}): copy the weights beside the model.json`,
          cause,
        );
      }),
    );
  }
  return { reference, model, digest: hash.digest('hex') };
}
