"""Built-in pictures with English and Chinese captions, and the box of everything they mention.

    pictures = scenes(seed=0)
    pictures.test[0].draw(), pictures.test[0].english[0].text, pictures.test[0].things[0].box

One, two or three coloured shapes, never overlapping. A caption says where the only thing is, or how
one thing lies to all others. A perfect eye can tell from the picture exactly which captions it has:
sizes, places and relations that would be borderline are never drawn. Mentions record which object a
noun names: for the pointing game (Zhang et al. 2016, "Top-down neural attention by
excitation backprop"), does the noun's attention peak inside the object's box?

    _thing      one thing and its box
    _scene      scenes, captions, mentions
    _words      the vocabulary and the grammar, as tables
    _geometry   boxes, and the places and relations they imply
    _captions   the captions of a scene
    _shapes, _drawing
                the picture of a scene
    _splits     random scenes; which of them belong to which list
    _files      scenes as PNG, TSV and JSON lines
"""

from qkv.data.scenes._files import write_scenes
from qkv.data.scenes._scene import Mention, Scene, SceneCaption
from qkv.data.scenes._splits import Scenes, scenes
from qkv.data.scenes._thing import SIDE, Thing

__all__ = [
    "SIDE",
    "Mention",
    "Scene",
    "SceneCaption",
    "Scenes",
    "Thing",
    "scenes",
    "write_scenes",
]
