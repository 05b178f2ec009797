"""Built-in pictures with English and Chinese captions, and the box of everything they mention.

    pictures = scenes(seed=0)
    pictures.test[0].draw(), pictures.test[0].english[0].text, pictures.test[0].things[0].box

One, two or three coloured shapes, never overlapping. A caption says where the only thing is, or how
one thing lies to all others. Whoever sees the picture perfectly can say exactly these captions:
sizes, places and relations leave a wide gap between what is said and what is not. Mentions tell
which object a noun names: for the pointing game (Zhang et al. 2016, "Top-down neural attention by
excitation backprop"), does the noun's attention peak inside the object's box?

    _scene      things, scenes, captions
    _words      the vocabulary and the grammar, as tables
    _geometry   boxes, and what can be told from them
    _captions   the captions of a scene
    _shapes, _drawing
                the picture of a scene
    _splits     random scenes; which of them belong to which list
    _files      scenes as PNG, TSV and JSON lines
"""

from qkv.data.scenes._files import write_scenes
from qkv.data.scenes._scene import SIDE, Mention, Scene, Thing, Told
from qkv.data.scenes._splits import Scenes, scenes

__all__ = ["SIDE", "Mention", "Scene", "Scenes", "Thing", "Told", "scenes", "write_scenes"]
