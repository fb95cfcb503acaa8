"""One joint training step of the product's two encoders in PyTorch: one step for each line read, its processor time in ms said.

The first line says the version of torch, or why there is none. One thread, batch of 32, 16 padded classes, Adam, the gradient's
norm clipped to 1: what `src/training/step.ts` does by the policy `joint`, without augmentation and normalization of windows.
"""
import sys
import time

try:
    import torch
except ImportError as error:
    print(f"none: {error}", flush=True)
    sys.exit(0)

from torch import nn

ROWS, CLASSES, WIDTH = 32, 16, 96


def encoder(channels, layers):
    parts = []
    for out, stride in layers:
        # A one-group norm: mean and deviation over the whole window, scale and shift by channel.
        parts += [nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.GroupNorm(1, out), nn.ReLU()]
        channels = out
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, WIDTH))


torch.manual_seed(5)
torch.set_num_threads(1)
torch.set_num_interop_threads(1)
audio = encoder(2, [(24, 2), (48, 2), (96, 2), (160, 2), (160, 1)])
video = encoder(6, [(24, 2), (48, 2), (96, 2), (160, 2), (192, 2)])
head = nn.Linear(2 * WIDTH, CLASSES)
weights = [*audio.parameters(), *video.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(weights, lr=1e-3)
channels_last = torch.channels_last  # the layout that the product has, and torch's faster one here
audio, video = audio.to(memory_format=channels_last), video.to(memory_format=channels_last)
sounds = torch.randn(ROWS, 2, 96, 64).to(memory_format=channels_last)
pictures = torch.randn(ROWS, 6, 96, 96).to(memory_format=channels_last)
labels = torch.arange(ROWS) % 4
print(f"torch {torch.__version__}", flush=True)

for _ in sys.stdin:
    from_ms = time.process_time() * 1e3
    optimizer.zero_grad(set_to_none=True)
    logits = head(torch.cat((audio(sounds), video(pictures)), 1))
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    print(time.process_time() * 1e3 - from_ms, flush=True)
