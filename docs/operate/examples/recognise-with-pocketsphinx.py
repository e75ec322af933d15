#!/usr/bin/python3
"""Recognition of English for Seloste by PocketSphinx, as an example (docs/formats/voice-process.md).

Debian: apt install pocketsphinx pocketsphinx-en-us. It shows the protocol; whoever wants words that are worth reading
names a larger model the same way. Nothing is written to disk: the sound goes through a pipe.
"""
import array
import json
import re
import subprocess
import sys

asked = json.loads(sys.stdin.buffer.readline())
sound = array.array("h", sys.stdin.buffer.read(2 * asked["samples"]))
if sys.byteorder == "big":
    sound.byteswap()

# The model was trained at 16 kHz: insert the mean between each two samples.
wide = array.array("h", bytes(4 * len(sound)))
wide[0::2] = sound
wide[1::2] = array.array("h", [(a + b) // 2 for a, b in zip(sound, [*sound[1:], 0])])

model = "/usr/share/pocketsphinx/model/en-us/"
told = subprocess.run(
    ["pocketsphinx_continuous", "-infile", "/dev/stdin", "-time", "yes", "-samprate", "16000",
     "-hmm", model + "en-us", "-lm", model + "en-us.lm.bin", "-dict", model + "cmudict-en-us.dict"],
    input=wide.tobytes(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
).stdout.decode()

words = []
for word, begin, end, sure in re.findall(r"^(\S+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$", told, re.MULTILINE):
    if word.startswith(("<", "[", "+")):
        continue
    # The model marks pronunciation variants of a word: "the(2)".
    first, behind = int(float(begin) * asked["rate"]), int(float(end) * asked["rate"]) + 80
    first = max(first, words[-1]["from"] if words else 0)
    words.append({
        "word": re.sub(r"\(\d+\)$", "", word),
        "from": first,
        "to": min(max(behind, first + 1), asked["samples"]),
        "confidence": max(0.0, min(1.0, float(sure))),
        "language": "en",
    })
words = [word for word in words if word["from"] < word["to"]]
for line in [*words, {"words": len(words)}]:
    print(json.dumps(line))
