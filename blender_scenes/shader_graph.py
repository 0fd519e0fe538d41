"""Shader nodes written down as arithmetic."""

from __future__ import annotations

import bpy


class Graph:
    """Short hand for making and linking shader nodes."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def node(self, kind: str, name: str = "") -> bpy.types.ShaderNode:
        node = self.tree.nodes.new(kind)
        if name:
            node.name = name
        return node

    def link(self, source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        self.tree.links.new(source, target)

    def feed(self, socket: bpy.types.NodeSocket, given: object) -> None:
        """Link an output to the socket, or write a number into it."""
        if isinstance(given, float | int):
            socket.default_value = given
        else:
            self.link(given, socket)  # type: ignore[arg-type]

    def image(self, name: str, is_height: bool = False) -> bpy.types.ShaderNode:
        node = self.node("ShaderNodeTexImage", name)
        if is_height:  # linear heights would show their texels as facets
            node.interpolation = "Cubic"
        return node

    def value(self, name: str) -> bpy.types.NodeSocket:
        return self.node("ShaderNodeValue", f"{name}_value").outputs[0]

    def math(self, operation: str, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeMath")
        node.operation = operation
        for socket, given in zip(node.inputs, (a, b), strict=False):
            self.feed(socket, given)
        return node.outputs[0]

    def mix(self, name: str, a: object, b: object) -> bpy.types.NodeSocket:
        """Colour a where the node's factor is 0, b where it is 1 (or the colour set later)."""
        node = self.node("ShaderNodeMix", name)
        node.data_type = "RGBA"
        self.link(a, node.inputs[6])  # type: ignore[arg-type]
        if b is not None:
            self.link(b, node.inputs[7])  # type: ignore[arg-type]
        return node.outputs[2]

    def mix_by(self, factor: object, a: object, b: object) -> bpy.types.NodeSocket:
        mixed = self.mix("", a, b)
        self.link(factor, mixed.node.inputs["Factor"])  # type: ignore[arg-type]
        return mixed

    def mix_values(self, factor: object, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeMix")
        for number, given in ((0, factor), (2, a), (3, b)):
            self.feed(node.inputs[number], given)
        return node.outputs[0]

    def one_plus(self, name: str, amount: object) -> bpy.types.NodeSocket:
        """Colour 1 + change · amount; the change is the first input of the node `name`."""
        node = self.node("ShaderNodeVectorMath", name)
        node.operation = "MULTIPLY_ADD"
        self.link(amount, node.inputs[1])  # type: ignore[arg-type]
        node.inputs[2].default_value = (1.0, 1.0, 1.0)
        return node.outputs[0]

    def times(self, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self.link(a, node.inputs[0])  # type: ignore[arg-type]
        self.link(b, node.inputs[1])  # type: ignore[arg-type]
        return node.outputs[0]

    def scale(self, a: object, amount: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self.link(a, node.inputs[0])  # type: ignore[arg-type]
        self.link(amount, node.inputs["Scale"])  # type: ignore[arg-type]
        return node.outputs[0]

    def clamped(self, operation: str, a: object, b: object) -> bpy.types.NodeSocket:
        """`math`, cut off at 0 and 1."""
        result = self.math(operation, a, b)
        result.node.use_clamp = True
        return result
