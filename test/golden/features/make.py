"""Golden vectors of src/features, written from the published definitions with NumPy alone.

Run: python3 make.py   (Python 3.11.7, NumPy 2.4.6, Pillow 12.3.0 for halves.jpg only)
Writes vectors.json and halves.jpg beside itself. Inputs are formulas, repeated in the test, so that only results are stored.
"""
import base64
import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def pack(values, dtype):
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()


def lcg(count, seed):
    """Uniform numbers in [0, 1) from the generator of Numerical Recipes; exact in float64."""
    state, out = seed, np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**32
    return out


# --- sound: two partials, one gliding, over noise; silence at the end --------------------------------------------------
RATE = 16000
COUNT = 400 + 95 * 160
t = np.arange(COUNT) / RATE
sound = 0.3 * np.sin(2 * np.pi * (300 + 700 * t) * t) + 0.1 * np.sin(2 * np.pi * 2500 * t) + 0.02 * (lcg(COUNT, 1) - 0.5)
sound[12000:] = 0
sound = sound.astype(np.float32)


def log_mel(x):
    n = np.arange(400)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / 400)
    frames = np.stack([x[k * 160 : k * 160 + 400] for k in range((len(x) - 400) // 160 + 1)]).astype(np.float64)
    magnitude = np.abs(np.fft.rfft(frames * hann, 512))
    to_mel = lambda hz: 1127.0 * np.log(1.0 + hz / 700.0)
    bins = to_mel(np.arange(257) * RATE / 512)
    edges = np.linspace(to_mel(125.0), to_mel(7500.0), 66)
    weights = np.zeros((257, 64))
    for band in range(64):
        low, mid, high = edges[band : band + 3]
        weights[:, band] = np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)))
    weights[0] = 0
    return np.log(magnitude @ weights + 0.01)


mel = log_mel(sound).astype(np.float32)


# --- resampling: the polyphase form must equal upsampling, filtering and picking ---------------------------------------
def resample(x, rate):
    g = np.gcd(rate, RATE)
    up, down = RATE // g, rate // g
    taps = 16 * max(up, down)
    fast = rate * up
    n = np.arange(taps) - (taps - 1) / 2
    cutoff = 0.45 * min(rate, RATE) / fast
    h = 2 * cutoff * np.sinc(2 * cutoff * n) * np.kaiser(taps, 4.5335)
    h *= up / h.sum()
    stuffed = np.zeros(len(x) * up)
    stuffed[::up] = x
    return np.convolve(stuffed, h)[: len(stuffed)][::down]


resampled = {}
for rate in (8000, 24000, 32000, 44100, 48000):
    s = np.arange(rate // 50) / rate
    source = (0.4 * np.sin(2 * np.pi * 700 * s) + 0.2 * np.sin(2 * np.pi * 3100 * s)).astype(np.float32)
    resampled[str(rate)] = pack(resample(source.astype(np.float64), rate), "<f4")


# --- pictures ---------------------------------------------------------------------------------------------------------
def box(plane):
    h, w = plane.shape
    rows = [(i * h // 96, max(i * h // 96 + 1, (i + 1) * h // 96)) for i in range(96)]
    cols = [(i * w // 96, max(i * w // 96 + 1, (i + 1) * w // 96)) for i in range(96)]
    return np.array([[plane[a:b, c:d].mean() for c, d in cols] for a, b in rows])


def rgb_of(width, height, seed):
    cw, ch = (width + 1) // 2, (height + 1) // 2
    bytes_ = np.floor(lcg(width * height + 2 * cw * ch, seed) * 256)
    # Large blocks of one value, so that averages stay far from grey.
    y = bytes_[: width * height].reshape(height, width)
    y = y[(np.arange(height) // 8) * 8][:, (np.arange(width) // 8) * 8]
    u = bytes_[width * height : width * height + cw * ch].reshape(ch, cw)
    v = bytes_[width * height + cw * ch :].reshape(ch, cw)
    y, u, v = box(y), box(u), box(v)
    luma = (y - 16) * 255 / 219
    r = luma + 1.596027 * (v - 128)
    g = luma - 0.391762 * (u - 128) - 0.812968 * (v - 128)
    b = luma + 2.017232 * (u - 128)
    return np.floor(np.clip(np.stack([r, g, b], -1), 0, 255) + 0.5)


pictures = {f"{w}x{h}": pack(rgb_of(w, h, w), "u1") for w, h in ((320, 240), (641, 361), (90, 70))}


# --- normalization ----------------------------------------------------------------------------------------------------
def audio_planes(m):
    m = m.astype(np.float64)
    centred = m - m.mean(0)
    ramp = np.linspace(-1, 1, 64)
    return np.stack([(m + 1.5) / 2 + ramp, centred / max(0.3, np.sqrt((centred**2).mean()))], -1)


def video_planes(rgb, older):
    rgb, older = rgb.astype(np.float64), older.astype(np.float64)
    mean = rgb.mean((0, 1))
    centred = rgb - mean
    floor = 0.03 * 255
    deviation = max(floor, np.sqrt((centred**2).mean()))
    tint = 5 * (mean - 127.5) / 127.5 * (floor / deviation) ** 3
    luma = np.floor((77 * rgb[..., 0] + 150 * rgb[..., 1] + 29 * rgb[..., 2]) / 256)
    stack = np.concatenate([luma[None], older])
    steps = np.moveaxis(stack[:3] - stack[1:], 0, -1)
    return np.concatenate([centred / deviation + tint, steps / deviation], -1)


rgb = np.floor(lcg(96 * 96 * 3, 7) * 200).reshape(96, 96, 3)
older = np.floor(lcg(3 * 96 * 96, 8) * 256).reshape(3, 96, 96)
dim = np.floor(lcg(96 * 96 * 3, 9) * 4).reshape(96, 96, 3)
plain = np.floor(lcg(96 * 96 * 3, 10) * 40).reshape(96, 96, 3) + [150, 40, 90]
video = video_planes(rgb, older)
every = 37  # every 37th number: coprime with 6, so all planes are met
# --- the same samples by every path (paths.test.ts): sound as 16-bit PCM holds it, four pictures of a stream at 15 a second ---------
pcm = (np.floor(sound.astype(np.float64) * 32767 + 0.5) / 32768).astype(np.float32)
shown = {n: rgb_of(96, 96, 100 + n) for n in (8, 10, 12, 14)}  # the newest of window 0, and two pictures before each
luma_of = lambda p: np.floor((77 * p[..., 0] + 150 * p[..., 1] + 29 * p[..., 2]) / 256)
path_video = video_planes(shown[14], np.stack([luma_of(shown[n]) for n in (12, 10, 8)]))

vectors = {
    "made": {"numpy": np.__version__},
    "mel": pack(mel, "<f4"),
    "resampled": resampled,
    "pictures": pictures,
    "audioPlanes": pack(audio_planes(mel), "<f4"),
    "audioPlanesQuiet": pack(audio_planes(mel * np.float32(0.01)), "<f4"),
    "videoPlanes": {"every": every, "values": pack(video.reshape(-1)[::every], "<f4")},
    "videoPlanesDim": {"every": every, "values": pack(video_planes(dim, older).reshape(-1)[::every], "<f4")},
    "paths": {
        "every": every,
        "audio": pack(audio_planes(log_mel(pcm).astype(np.float32)).reshape(-1)[::every], "<f4"),
        "video": pack(path_video.reshape(-1)[::every], "<f4"),
    },
    "videoPlanesPlain": {"every": every, "values": pack(video_planes(plain, older).reshape(-1)[::every], "<f4")},
}
with open(os.path.join(HERE, "vectors.json"), "w", encoding="ascii") as out:
    json.dump(vectors, out, indent=1)
    out.write("\n")

try:
    from PIL import Image
except ImportError:
    print("Pillow is missing: halves.jpg stays as it is")
else:
    halves = Image.new("RGB", (128, 96), (200, 30, 40))
    halves.paste((20, 220, 90), (64, 0, 128, 96))
    halves.save(os.path.join(HERE, "halves.jpg"), quality=80)
