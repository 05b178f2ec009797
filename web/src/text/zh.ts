/** 页面上的全部中文。 */
import type { Messages } from "./en.ts";

const SCORES = new Map([
  ["dot", "点积"],
  ["general", "双线性"],
  ["additive", "加性"],
]);

/** 打分函数的名称，后接汉字；自定义的用原名。 */
export const scoreName = (score: string) => SCORES.get(score) ?? `${score} `;

export const zh: Messages = {
  language: "中文",
  languageSwitch: "语言",
  themeSwitch: "配色",
  light: "浅色",
  dark: "深色",

  views: "文本",
  compareWith: "并排对比",
  nothingBeside: "不对比",
  itself: "同一文本，用于对比其他层或头",
  noViews: "这份报告里没有可显示的内容。",
  noMaps: "这个模型没有注意力，因此没有权重可以显示。",
  unreadable: (reason) => `无法读取本页数据：${reason}`,

  modelParts: (model) =>
    [
      { lstm: "LSTM", gru: "GRU", transformer: "Transformer" }[model.architecture] ??
        model.architecture,
      model.encoder_layers === null
        ? `${model.decoder_layers} 层`
        : `编码器 ${model.encoder_layers} 层、解码器 ${model.decoder_layers} 层`,
      model.heads === null ? "" : `${model.heads} 个头`,
      `宽度 ${model.width}`,
      model.attention === null
        ? ""
        : model.attention === "none"
          ? "无注意力"
          : `${scoreName(model.attention)}注意力`,
      model.vision === null ? "" : `图像编码器 ${model.vision}`,
    ]
      .filter(Boolean)
      .join("，"),

  showing: "当前显示",
  comma: "，",
  map: "注意力类型",
  mapKinds: {
    cross: "交叉注意力",
    encoder: "编码器自注意力",
    decoder: "解码器自注意力",
    self: "自注意力",
    causal: "因果自注意力",
    unknown: "注意力",
  },
  layer: "层",
  layerNumber: (number) => `第 ${number} 层`,
  head: "头",
  headNumber: (number) => `第 ${number} 个头`,
  meanOfHeads: (count) => `${count} 个头的平均`,
  unit: "单位",
  words: "按词",
  tokens: "按词元",
  scale: "色标",
  linear: "线性色标",
  log: "对数色标",
  kernel: (name) => `由内核 ${name} 计算。`,

  pointAtWord: "把鼠标移到一个词上，看它关注了什么、又被什么关注。",
  lookedAt: (query) => `“${query}”关注了`,
  lookedAtBy: (key) => `关注“${key}”的有`,
  cell: (query, key) => `“${query}”对“${key}”的权重`,
  nothingSeen: "无",
  locked: "已锁定，按 Esc 解除。",
  letGo: "解除锁定",
  rest: (count, weight) => `其余 ${count} 个合计 ${weight}`,
  entropy: (nats, alike) => `熵 ${nats} 奈特，相当于把权重平均分给 ${alike} 个位置。`,
  received: (sum) => `得到的权重合计 ${sum}。`,
  probability: (value) => `概率 ${value}。`,

  exact: (error) => `显示的权重误差不超过 ${error}。`,
  bound: (rows, columns) =>
    `权重已做最大池化：每个数是 ${rows} × ${columns} 个权重中的最大值，本文件不含逐个权重。`,

  textHeading: "文本",
  textExplained:
    "把鼠标移到一个词上：另一侧的词颜色越深，得到的权重越大。词下的短线表示模型给它的概率。",
  textExplainedSelf:
    "同一段文本显示两次：上方是被关注的一侧，下方是发出关注的一侧。颜色越深，权重越大。",
  looking: "发出关注",
  lookedAtSide: "被关注",
  sideRole: (name, role) => (name ? `${name}（${role}）` : role),
  sides: {
    source: "原文",
    target: "译文",
    read: "解码器已读入",
    regions: "区域",
    queries: "查询",
    keys: "键",
    tokens: "词元序列",
  },
  mapHeading: "热力图",
  mapExplained:
    "每行是一个发出关注的词，每列是一个被关注的词。右侧短条是该行的分散程度（熵），下方短条是该列得到的权重合计。",
  gap: "",
  mapKeys:
    "点击可锁定一格。双指或按住 Ctrl 滚动可缩放，拖动可平移。键盘：方向键移动，+ 和 − 缩放，0 显示全图，Esc 解除锁定。",
  mapName: (rows, columns) => `${rows} 行 ${columns} 列的热力图`,
  zoomIn: "放大",
  zoomOut: "缩小",
  whole: "全图",
  entropyBand: "熵",
  receivedBand: "合计",
  linksHeading: "连线",
  linksExplained:
    "每条线把一个发出关注的词（右）与它关注的词（左）连起来，线越粗，权重越大；太小的权重不画。",
  linksPart: (first, end, count) => `第 ${first} 至 ${end} 个，共 ${count} 个`,
  headsHeading: "所有层与头",
  headsExplained: "每个头一幅小图，色标相同。点选一幅，上方各图随之切换。",
  headName: (layer, head) => `${layer}，${head}`,
  pictureHeading: "图片",
  pictureExplained:
    "被一个词关注的区域保持明亮，其余变暗，最亮处权重最大。把鼠标移到一个区域上，看哪些词关注了它。",
  pictureWordsHeading: "逐词查看",
  pictureWordsExplained: "描述中的每个词分别关注了哪里。",
  pictureName: (word) => `“${word}”关注的位置`,
  pictureWhole: "按区域划分的图片",
  alternativesHeading: "搜索得到的其他候选",
  alternativesExplained:
    "按得分从高到低排列；得分是经长度惩罚后的对数概率。带下划线的是与最佳候选不同的部分。",
  confidenceHeading: "模型最没把握的地方",
  confidenceExplained: "每个词在其前文条件下的概率，从低到高排列。",
  goldLegend: "方框是人工标注的对齐：确定（实线）、可能（虚线）；圆点是模型自己的对齐。",
  aer: (value) => `对齐错误率（AER）${value}。`,
  notesHeading: "权重集中的位置",
  notesExplained: "这些头无论处理哪个词，权重都集中在少数位置上，与词义关系不大。",
  headIn: (map, layer, head) => `${map}，${layer}，${head}`,
  sink: (share, place) => `${share} 的权重落在${place}上`,
  places: {
    eos: "句子结束符",
    first: "第一个词元",
    punctuation: "标点",
    padding: "填充",
  },
  computing: "正在读取……",
};
