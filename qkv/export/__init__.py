"""To and from other tools: CTranslate2, models of transformers, ONNX."""
