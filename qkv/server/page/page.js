"use strict";(()=>{var mn=Object.defineProperty;var fn=Object.getOwnPropertyDescriptor;var d=(r,t,e,s)=>{for(var n=s>1?void 0:s?fn(t,e):t,i=r.length-1,o;i>=0;i--)(o=r[i])&&(n=(s?o(t,e,n):o(n))||n);return s&&n&&mn(t,e,n),n};var it=globalThis,ot=it.ShadowRoot&&(it.ShadyCSS===void 0||it.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,qt=Symbol(),yr=new WeakMap,Ie=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==qt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(ot&&t===void 0){let s=e!==void 0&&e.length===1;s&&(t=yr.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&yr.set(e,t))}return t}toString(){return this.cssText}},br=r=>new Ie(typeof r=="string"?r:r+"",void 0,qt),y=(r,...t)=>{let e=r.length===1?r[0]:t.reduce((s,n,i)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+r[i+1],r[0]);return new Ie(e,r,qt)},wr=(r,t)=>{if(ot)r.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let s=document.createElement("style"),n=it.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=e.cssText,r.appendChild(s)}},_t=ot?r=>r:r=>r instanceof CSSStyleSheet?(t=>{let e="";for(let s of t.cssRules)e+=s.cssText;return br(e)})(r):r;var{is:gn,defineProperty:vn,getOwnPropertyDescriptor:yn,getOwnPropertyNames:bn,getOwnPropertySymbols:wn,getPrototypeOf:$n}=Object,at=globalThis,$r=at.trustedTypes,xn=$r?$r.emptyScript:"",kn=at.reactiveElementPolyfillSupport,Fe=(r,t)=>r,De={toAttribute(r,t){switch(t){case Boolean:r=r?xn:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,t){let e=r;switch(t){case Boolean:e=r!==null;break;case Number:e=r===null?null:Number(r);break;case Object:case Array:try{e=JSON.parse(r)}catch{e=null}}return e}},lt=(r,t)=>!gn(r,t),xr={attribute:!0,type:String,converter:De,reflect:!1,useDefault:!1,hasChanged:lt};Symbol.metadata??=Symbol("metadata"),at.litPropertyMetadata??=new WeakMap;var Y=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=xr){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(t,s,e);n!==void 0&&vn(this.prototype,t,n)}}static getPropertyDescriptor(t,e,s){let{get:n,set:i}=yn(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);i?.call(this,o),this.requestUpdate(t,a,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??xr}static _$Ei(){if(this.hasOwnProperty(Fe("elementProperties")))return;let t=$n(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Fe("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Fe("properties"))){let e=this.properties,s=[...bn(e),...wn(e)];for(let n of s)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[s,n]of e)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let n=this._$Eu(e,s);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let s=new Set(t.flat(1/0).reverse());for(let n of s)e.unshift(_t(n))}else t!==void 0&&e.push(_t(t));return e}static _$Eu(t,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return wr(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){let s=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,s);if(n!==void 0&&s.reflect===!0){let i=(s.converter?.toAttribute!==void 0?s.converter:De).toAttribute(e,s.type);this._$Em=t,i==null?this.removeAttribute(n):this.setAttribute(n,i),this._$Em=null}}_$AK(t,e){let s=this.constructor,n=s._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let i=s.getPropertyOptions(n),o=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:De;this._$Em=n;let a=o.fromAttribute(e,i.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,s,n=!1,i){if(t!==void 0){let o=this.constructor;if(n===!1&&(i=this[t]),s??=o.getPropertyOptions(t),!((s.hasChanged??lt)(i,e)||s.useDefault&&s.reflect&&i===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:n,wrapped:i},o){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),i!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,i]of this._$Ep)this[n]=i;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,i]of s){let{wrapped:o}=i,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,i,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};Y.elementStyles=[],Y.shadowRootOptions={mode:"open"},Y[Fe("elementProperties")]=new Map,Y[Fe("finalized")]=new Map,kn?.({ReactiveElement:Y}),(at.reactiveElementVersions??=[]).push("2.1.2");var Wt=globalThis,kr=r=>r,ht=Wt.trustedTypes,Sr=ht?ht.createPolicy("lit-html",{createHTML:r=>r}):void 0,qr="$lit$",ne=`lit$${Math.random().toFixed(9).slice(2)}$`,_r="?"+ne,Sn=`<${_r}>`,me=document,Ue=()=>me.createComment(""),Be=r=>r===null||typeof r!="object"&&typeof r!="function",It=Array.isArray,An=r=>It(r)||typeof r?.[Symbol.iterator]=="function",Tt=`[ 	
\f\r]`,Ge=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ar=/-->/g,Er=/>/g,pe=RegExp(`>|${Tt}(?:([^\\s"'>=/]+)(${Tt}*=${Tt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Cr=/'/g,Pr=/"/g,Tr=/^(?:script|style|textarea|title)$/i,Ft=r=>(t,...e)=>({_$litType$:r,strings:t,values:e}),c=Ft(1),je=Ft(2),yo=Ft(3),fe=Symbol.for("lit-noChange"),m=Symbol.for("lit-nothing"),Mr=new WeakMap,ue=me.createTreeWalker(me,129);function Rr(r,t){if(!It(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Sr!==void 0?Sr.createHTML(t):t}var En=(r,t)=>{let e=r.length-1,s=[],n,i=t===2?"<svg>":t===3?"<math>":"",o=Ge;for(let a=0;a<e;a++){let l=r[a],h,p,f=-1,v=0;for(;v<l.length&&(o.lastIndex=v,p=o.exec(l),p!==null);)v=o.lastIndex,o===Ge?p[1]==="!--"?o=Ar:p[1]!==void 0?o=Er:p[2]!==void 0?(Tr.test(p[2])&&(n=RegExp("</"+p[2],"g")),o=pe):p[3]!==void 0&&(o=pe):o===pe?p[0]===">"?(o=n??Ge,f=-1):p[1]===void 0?f=-2:(f=o.lastIndex-p[2].length,h=p[1],o=p[3]===void 0?pe:p[3]==='"'?Pr:Cr):o===Pr||o===Cr?o=pe:o===Ar||o===Er?o=Ge:(o=pe,n=void 0);let g=o===pe&&r[a+1].startsWith("/>")?" ":"";i+=o===Ge?l+Sn:f>=0?(s.push(h),l.slice(0,f)+qr+l.slice(f)+ne+g):l+ne+(f===-2?a:g)}return[Rr(r,i+(r[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]},ze=class r{constructor({strings:t,_$litType$:e},s){let n;this.parts=[];let i=0,o=0,a=t.length-1,l=this.parts,[h,p]=En(t,e);if(this.el=r.createElement(h,s),ue.currentNode=this.el.content,e===2||e===3){let f=this.el.content.firstChild;f.replaceWith(...f.childNodes)}for(;(n=ue.nextNode())!==null&&l.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let f of n.getAttributeNames())if(f.endsWith(qr)){let v=p[o++],g=n.getAttribute(f).split(ne),$=/([.?@])?(.*)/.exec(v);l.push({type:1,index:i,name:$[2],strings:g,ctor:$[1]==="."?Lt:$[1]==="?"?Ot:$[1]==="@"?Ht:Ae}),n.removeAttribute(f)}else f.startsWith(ne)&&(l.push({type:6,index:i}),n.removeAttribute(f));if(Tr.test(n.tagName)){let f=n.textContent.split(ne),v=f.length-1;if(v>0){n.textContent=ht?ht.emptyScript:"";for(let g=0;g<v;g++)n.append(f[g],Ue()),ue.nextNode(),l.push({type:2,index:++i});n.append(f[v],Ue())}}}else if(n.nodeType===8)if(n.data===_r)l.push({type:2,index:i});else{let f=-1;for(;(f=n.data.indexOf(ne,f+1))!==-1;)l.push({type:7,index:i}),f+=ne.length-1}i++}}static createElement(t,e){let s=me.createElement("template");return s.innerHTML=t,s}};function Se(r,t,e=r,s){if(t===fe)return t;let n=s!==void 0?e._$Co?.[s]:e._$Cl,i=Be(t)?void 0:t._$litDirective$;return n?.constructor!==i&&(n?._$AO?.(!1),i===void 0?n=void 0:(n=new i(r),n._$AT(r,e,s)),s!==void 0?(e._$Co??=[])[s]=n:e._$Cl=n),n!==void 0&&(t=Se(r,n._$AS(r,t.values),n,s)),t}var Rt=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:s}=this._$AD,n=(t?.creationScope??me).importNode(e,!0);ue.currentNode=n;let i=ue.nextNode(),o=0,a=0,l=s[0];for(;l!==void 0;){if(o===l.index){let h;l.type===2?h=new Ve(i,i.nextSibling,this,t):l.type===1?h=new l.ctor(i,l.name,l.strings,this,t):l.type===6&&(h=new Nt(i,this,t)),this._$AV.push(h),l=s[++a]}o!==l?.index&&(i=ue.nextNode(),o++)}return ue.currentNode=me,n}p(t){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}},Ve=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,n){this.type=2,this._$AH=m,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=Se(this,t,e),Be(t)?t===m||t==null||t===""?(this._$AH!==m&&this._$AR(),this._$AH=m):t!==this._$AH&&t!==fe&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):An(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==m&&Be(this._$AH)?this._$AA.nextSibling.data=t:this.T(me.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:s}=t,n=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=ze.createElement(Rr(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(e);else{let i=new Rt(n,this),o=i.u(this.options);i.p(e),this.T(o),this._$AH=i}}_$AC(t){let e=Mr.get(t.strings);return e===void 0&&Mr.set(t.strings,e=new ze(t)),e}k(t){It(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,n=0;for(let i of t)n===e.length?e.push(s=new r(this.O(Ue()),this.O(Ue()),this,this.options)):s=e[n],s._$AI(i),n++;n<e.length&&(this._$AR(s&&s._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let s=kr(t).nextSibling;kr(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},Ae=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,n,i){this.type=1,this._$AH=m,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=i,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=m}_$AI(t,e=this,s,n){let i=this.strings,o=!1;if(i===void 0)t=Se(this,t,e,0),o=!Be(t)||t!==this._$AH&&t!==fe,o&&(this._$AH=t);else{let a=t,l,h;for(t=i[0],l=0;l<i.length-1;l++)h=Se(this,a[s+l],e,l),h===fe&&(h=this._$AH[l]),o||=!Be(h)||h!==this._$AH[l],h===m?t=m:t!==m&&(t+=(h??"")+i[l+1]),this._$AH[l]=h}o&&!n&&this.j(t)}j(t){t===m?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Lt=class extends Ae{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===m?void 0:t}},Ot=class extends Ae{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==m)}},Ht=class extends Ae{constructor(t,e,s,n,i){super(t,e,s,n,i),this.type=5}_$AI(t,e=this){if((t=Se(this,t,e,0)??m)===fe)return;let s=this._$AH,n=t===m&&s!==m||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,i=t!==m&&(s===m||n);n&&this.element.removeEventListener(this.name,this,s),i&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},Nt=class{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){Se(this,t)}};var Cn=Wt.litHtmlPolyfillSupport;Cn?.(ze,Ve),(Wt.litHtmlVersions??=[]).push("3.3.3");var Lr=(r,t,e)=>{let s=e?.renderBefore??t,n=s._$litPart$;if(n===void 0){let i=e?.renderBefore??null;s._$litPart$=n=new Ve(t.insertBefore(Ue(),i),i,void 0,e??{})}return n._$AI(r),n};var Dt=globalThis,ie=class extends Y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Lr(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return fe}};ie._$litElement$=!0,ie.finalized=!0,Dt.litElementHydrateSupport?.({LitElement:ie});var Pn=Dt.litElementPolyfillSupport;Pn?.({LitElement:ie});(Dt.litElementVersions??=[]).push("4.2.2");var Mn=y`
  :root {
    --paper: #fcfbf8;
    --ink: #1d1c1a;
    --quiet: #67635b;
    --rule: #e2dfd7;
    --bar: #a9a49a;
    --accent: #b23a12;
    --gold: #8a6200;
    --weight: #1f6093;
    --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "Noto Serif",
      "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
      "Source Han Sans SC", "Noto Sans CJK SC", sans-serif;
    color-scheme: light;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem/1.5 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media screen {
    :root[data-theme="dark"] {
      --paper: #161514;
      --ink: #ebe7de;
      --quiet: #a8a297;
      --rule: #36332f;
      --bar: #6b665e;
      --accent: #ff9166;
      --gold: #e0b450;
      --weight: #7db9ea;
      color-scheme: dark;
    }
  }
  body {
    margin: 0;
  }
  /* What the keyboard reaches isn't hidden under the sentence that stays on top. */
  @media screen and (min-width: 45rem) and (min-height: 36rem) {
    :root {
      scroll-padding-top: 10rem;
    }
  }
  @page {
    margin: 15mm;
  }
`,b=y`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font-weight: inherit;
  }
  ol,
  ul {
    list-style: none;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums lining-nums;
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 2px;
    padding: 0.15em 0.2em;
    margin: 0;
    cursor: pointer;
  }
  select {
    border-bottom: 1px solid var(--quiet);
    border-radius: 0;
    max-width: 100%;
    field-sizing: content;
  }
  select option {
    color: #1d1c1a;
    background: #fcfbf8;
  }
  button:disabled,
  select:disabled {
    color: var(--quiet);
    border-bottom-color: transparent;
    cursor: default;
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    .screen {
      display: none !important;
    }
    select {
      appearance: none;
      border: 0;
      padding: 0;
    }
  }
`;function Or(r){r.adoptedStyleSheets=[...r.adoptedStyleSheets,Mn.styleSheet]}var w=r=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(r,t)}):customElements.define(r,t)};var qn={attribute:!0,type:String,converter:De,reflect:!1,hasChanged:lt},_n=(r=qn,t,e)=>{let{kind:s,metadata:n}=e,i=globalThis.litPropertyMetadata.get(n);if(i===void 0&&globalThis.litPropertyMetadata.set(n,i=new Map),s==="setter"&&((r=Object.create(r)).wrapped=!0),i.set(e.name,r),s==="accessor"){let{name:o}=e;return{set(a){let l=t.get.call(this);t.set.call(this,a),this.requestUpdate(o,l,r,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,r,a),a}}}if(s==="setter"){let{name:o}=e;return function(a){let l=this[o];t.call(this,a),this.requestUpdate(o,l,r,!0,a)}}throw Error("Unsupported decorator location: "+s)};function u(r){return(t,e)=>typeof e=="object"?_n(r,t,e):((s,n,i)=>{let o=n.hasOwnProperty(i);return n.constructor.createProperty(i,s),o?Object.getOwnPropertyDescriptor(n,i):void 0})(r,t,e)}function k(r){return u({...r,state:!0,attribute:!1})}var ge=(r,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(r,t,e),e);function B(r,t){return(e,s,n)=>{let i=o=>o.renderRoot?.querySelector(r)??null;if(t){let{get:o,set:a}=typeof s=="object"?e:n??(()=>{let l=Symbol();return{get(){return this[l]},set(h){this[l]=h}}})();return ge(e,s,{get(){let l=o.call(this);return l===void 0&&(l=i(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return ge(e,s,{get(){return i(this)}})}}var Hr=(r,t)=>`${r} ${t}${r===1?"":"s"}`,Nr={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",itself:"the same text, for another layer or head",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:r=>`The data of this page can't be read: ${r}`,modelParts:r=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[r.architecture]??r.architecture,r.encoder_layers===null?Hr(r.decoder_layers,"layer"):`${r.encoder_layers} + ${r.decoder_layers} layers`,r.heads===null?"":Hr(r.heads,"head"),`width ${r.width}`,r.attention===null?"":r.attention==="none"?"no attention":`${r.attention} score`,r.vision===null?"":`sees with ${r.vision}`].filter(Boolean).join(", "),showing:"Showing ",comma:", ",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:r=>`layer ${r}`,head:"Head",headNumber:r=>`head ${r}`,meanOfHeads:r=>`the mean of ${r} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:r=>`Computed by the kernel ${r}.`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:r=>`\u201C${r}\u201D looked at`,lookedAtBy:r=>`\u201C${r}\u201D was looked at by`,cell:(r,t)=>`\u201C${r}\u201D looked at \u201C${t}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(r,t)=>`${r} others ${t}`,entropy:(r,t)=>`Entropy ${r} nats, as spread as ${t} equal weights.`,received:r=>`Received ${r} in all.`,probability:r=>`Probability ${r}.`,exact:r=>`Weights are shown to within ${r}.`,bound:(r,t)=>`Weights are pooled: a number is the largest of ${r} \xD7 ${t} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"looking",lookedAtSide:"looked at",sideRole:(r,t)=>r?`${r}, ${t}`:t,sides:{source:"Source",target:"Target",read:"What the decoder had read",regions:"Regions",queries:"Queries",keys:"Keys",tokens:"Tokens"},mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",mapKeys:"Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and \u2212, 0 for the whole map, Escape to let go.",mapName:(r,t)=>`Heat map of ${r} rows and ${t} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",linksPart:(r,t,e)=>`${r} to ${t} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",headName:(r,t)=>`${r}, ${t}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureWordsExplained:"Where each word of the caption looked.",pictureName:r=>`Where \u201C${r}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",confidenceHeading:"Where the model was least sure",confidenceExplained:"Probability of each word given those before it, the lowest first.",goldLegend:"Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model\u2019s own.",aer:r=>`Alignment error rate ${r}.`,notesHeading:"Where weight collects",notesExplained:"Heads that rest on a few places whatever the word. Such weight says little about meaning.",headIn:(r,t,e)=>`${r}, ${t}, ${e}`,sink:(r,t)=>`${r} of its weight on ${t}`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},computing:"Reading \u2026"};var Tn=new Map([["dot","\u70B9\u79EF"],["general","\u53CC\u7EBF\u6027"],["additive","\u52A0\u6027"]]),Gt=r=>Tn.get(r)??`${r} `,Wr={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",itself:"\u540C\u4E00\u6587\u672C\uFF0C\u7528\u4E8E\u5BF9\u6BD4\u5176\u4ED6\u5C42\u6216\u5934",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:r=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${r}`,modelParts:r=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[r.architecture]??r.architecture,r.encoder_layers===null?`${r.decoder_layers} \u5C42`:`\u7F16\u7801\u5668 ${r.encoder_layers} \u5C42\u3001\u89E3\u7801\u5668 ${r.decoder_layers} \u5C42`,r.heads===null?"":`${r.heads} \u4E2A\u5934`,`\u5BBD\u5EA6 ${r.width}`,r.attention===null?"":r.attention==="none"?"\u65E0\u6CE8\u610F\u529B":`${Gt(r.attention)}\u6253\u5206`,r.vision===null?"":`\u7528 ${r.vision} \u770B\u56FE`].filter(Boolean).join("\uFF0C"),showing:"\u5F53\u524D\u663E\u793A",comma:"\uFF0C",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:r=>`\u7B2C ${r} \u5C42`,head:"\u5934",headNumber:r=>`\u7B2C ${r} \u5934`,meanOfHeads:r=>`${r} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309 token",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:r=>`\u7531\u5185\u6838 ${r} \u8BA1\u7B97\u3002`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:r=>`\u201C${r}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:r=>`\u5173\u6CE8\u201C${r}\u201D\u7684\u6709`,cell:(r,t)=>`\u201C${r}\u201D\u5BF9\u201C${t}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(r,t)=>`\u5176\u4F59 ${r} \u4E2A\u5171 ${t}`,entropy:(r,t)=>`\u71B5 ${r} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E ${t} \u4E2A\u5747\u7B49\u7684\u6743\u91CD\u3002`,received:r=>`\u5171\u6536\u5230 ${r}\u3002`,probability:r=>`\u6982\u7387 ${r}\u3002`,exact:r=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${r}\u3002`,bound:(r,t)=>`\u6743\u91CD\u5DF2\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${r} \xD7 ${t} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u5355\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u8BA4\u4E3A\u5B83\u6709\u591A\u5927\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u51FA\u73B0\u4E24\u6B21\uFF1A\u4E0A\u9762\u662F\u88AB\u5173\u6CE8\u7684\uFF0C\u4E0B\u9762\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",sideRole:(r,t)=>r?`${r}\uFF08${t}\uFF09`:t,sides:{source:"\u6E90\u6587",target:"\u8BD1\u6587",read:"\u89E3\u7801\u5668\u5DF2\u8BFB",regions:"\u533A\u57DF",queries:"\u67E5\u8BE2",keys:"\u952E",tokens:"Token \u5E8F\u5217"},mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u6536\u5230\u7684\u6743\u91CD\u603B\u548C\u3002",mapKeys:"\u70B9\u51FB\u53EF\u9501\u5B9A\u4E00\u683C\u3002\u53CC\u6307\u6216\u6309\u4F4F Ctrl \u6EDA\u52A8\u53EF\u7F29\u653E\uFF0C\u62D6\u52A8\u53EF\u5E73\u79FB\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C+ \u548C \u2212 \u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0CEsc \u89E3\u9664\u9501\u5B9A\u3002",mapName:(r,t)=>`${r} \u884C ${t} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u6536\u5230",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u91CD\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u592A\u5C0F\u7684\u4E0D\u753B\u3002",linksPart:(r,t,e)=>`\u7B2C ${r} \u81F3 ${t} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",headName:(r,t)=>`${r}\uFF0C${t}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureWordsExplained:"\u63CF\u8FF0\u4E2D\u7684\u6BCF\u4E2A\u8BCD\u5404\u5173\u6CE8\u4E86\u54EA\u91CC\u3002",pictureName:r=>`\u201C${r}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002\u5E26\u4E0B\u5212\u7EBF\u7684\u662F\u4E0E\u6700\u4F73\u5019\u9009\u4E0D\u540C\u7684\u90E8\u5206\u3002",confidenceHeading:"\u6A21\u578B\u6700\u6CA1\u628A\u63E1\u7684\u5730\u65B9",confidenceExplained:"\u6BCF\u4E2A\u8BCD\u5728\u5176\u524D\u6587\u6761\u4EF6\u4E0B\u7684\u6982\u7387\uFF0C\u4ECE\u4F4E\u5230\u9AD8\u6392\u5217\u3002",goldLegend:"\u65B9\u6846\u662F\u4EBA\u5DE5\u6807\u6CE8\u7684\u5BF9\u9F50\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\u3001\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\uFF1B\u5706\u70B9\u662F\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:r=>`\u5BF9\u9F50\u9519\u8BEF\u7387\uFF08AER\uFF09${r}\u3002`,notesHeading:"\u6743\u91CD\u805A\u96C6\u4E4B\u5904",notesExplained:"\u8FD9\u4E9B\u5934\u65E0\u8BBA\u5904\u7406\u54EA\u4E2A\u8BCD\uFF0C\u6743\u91CD\u90FD\u96C6\u4E2D\u5728\u5C11\u6570\u4F4D\u7F6E\u4E0A\uFF0C\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002",headIn:(r,t,e)=>`${r}\uFF0C${t}\uFF0C${e}`,sink:(r,t)=>`${r} \u7684\u6743\u91CD\u843D\u5728${t}\u4E0A`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A token",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var Ee={en:Nr,zh:Wr};function Ir(r){try{return localStorage.getItem(`qkv.${r}`)}catch{return null}}function Fr(r,t){try{localStorage.setItem(`qkv.${r}`,t)}catch{return}}function Rn(){return navigator.languages.map(t=>t.slice(0,2).toLowerCase()).find(t=>t in Ee)??"en"}var Ut=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=Ir("theme");this.chosenLanguage=Ir("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in Ee?e:Rn()}get text(){return Ee[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,s){e!==this.language&&(this.chosenLanguage=e,Fr("language",e)),s!==this.screenTheme&&(this.chosenTheme=s,Fr("theme",s)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},E=new Ut;var x=class extends ie{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return E.text}connectedCallback(){super.connectedCallback(),E.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){E.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,s){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:s}))}};var Ke=class extends x{render(){let{language:t,screenTheme:e}=E,s=Object.keys(Ee);return c`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${s.map(n=>Dr(Ee[n].language,n===t,()=>E.choose(n,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(n=>Dr(this.text[n],n===e,()=>E.choose(t,n)))}
      </div>
    `}};Ke.styles=[b,y`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `],Ke=d([w("qkv-preferences-switch")],Ke);var Dr=(r,t,e)=>c`<button type="button" aria-pressed=${t} @click=${e}>${r}</button>`;function Gr(r,t){let{map:e,unit:s,querySide:n,keySide:i}=t;if(!r||e.kind!=="cross")return[];let o=(h,p)=>s==="words"?[p,p+1]:h[p],a=h=>([p,f])=>({kind:h,rows:o(n.words,f),columns:o(i.words,p)}),l=new Set(r.sure.map(String));return[...r.possible.filter(h=>!l.has(String(h))).map(a("possible")),...r.sure.map(a("sure")),...r.links.map(a("link"))].filter(({rows:h,columns:p})=>h&&p)}function Qe(r){return r===0?"0":r<.001?Bt(r,2):r.toFixed(3)}function Ur(r,t){if(r===0)return"0";let e=t?Math.max(2,Math.ceil(Math.log10(r/t))):2;return Bt(r,Math.min(6,e))}function Br(r){return Bt(r,1)}var z=r=>`${Math.round(r*100)} %`;function Bt(r,t){return r>=1e-6?Number(r.toPrecision(t)).toFixed(Ln(r,t)):r.toExponential(t-1)}var Ln=(r,t)=>Math.max(0,t-1-Math.floor(Math.log10(r)));function Ce(r,t,e){let s=128<<t;return[r*s,Math.min(e,(r+1)*s)]}var Je=(r,t)=>Math.ceil(r/2**t);var On=256,Z=class{constructor(t,e,s){this.shape=t;this.blocks=e;this.precision=s;let[n,i]=t,o=t.map(a=>Math.max(1,Math.ceil(a/On)));this.overview={...zr(e,[0,n],[0,i],o),by:o},this.entropy=new Float32Array(n),this.received=new Float32Array(i),zt(e,(a,l,h)=>{h>0&&(this.entropy[a]-=h*Math.log(h)),this.received[l]+=h})}async tile({level:t,tile:e}){let s=Ce(e[0],t[0],this.shape[0]),n=Ce(e[1],t[1],this.shape[1]);return zr(this.blocks,s,n,[2**t[0],2**t[1]])}row(t){let e=new Float32Array(this.shape[1]);for(let s of this.blocks){let n=t-s.row;if(!(n<0||n>=s.rows))for(let i=0;i<s.columns;i++)e[s.column+i]+=s.values[n*s.columns+i]}return e}column(t){let e=new Float32Array(this.shape[0]);for(let s of this.blocks){let n=t-s.column;if(!(n<0||n>=s.columns))for(let i=0;i<s.rows;i++)e[s.row+i]+=s.values[i*s.columns+n]}return e}cell(t,e){return this.row(t)[e]}};function zt(r,t){for(let{row:e,column:s,rows:n,columns:i,values:o}of r)for(let a=0;a<n;a++)for(let l=0;l<i;l++)t(e+a,s+l,o[a*i+l])}var Hn=2**20;function Pe(r){let[t,e]=r.shape;return ct(r)||r.encoding==="scores"&&t*e<=Hn}function ct(r){return r.encoding==="dense"||r.encoding==="blocks"}function zr(r,[t,e],[s,n],i){let o=Math.ceil((e-t)/i[0]),a=Math.ceil((n-s)/i[1]),l=new Float32Array(o*a);for(let h of r){let p=Math.min(e,h.row+h.rows),f=Math.min(n,h.column+h.columns);for(let v=Math.max(t,h.row);v<p;v++){let g=Math.floor((v-t)/i[0])*a,$=(v-h.row)*h.columns-h.column;for(let C=Math.max(s,h.column);C<f;C++){let _=g+Math.floor((C-s)/i[1]);l[_]=Math.max(l[_],h.values[$+C])}}}return{rows:o,columns:a,values:l}}var A={row:null,column:null};function Ye(r,{maps:t},e=0){let s=t[e]?.layers??[],n=s.at(-1)?.heads??[],i=n.length>1&&n.every(Pe);return{view:r,map:e,layer:Math.max(0,s.length-1),head:i?null:0}}function jr(r,t,e){if(!(r instanceof Z))return r;let s=[t.length,e.length],[n,i]=[Vr(t),Vr(e)],o=r.blocks.map(l=>{let h=Nn(l,n,i);return zt([l],(p,f,v)=>{let[g,$]=[n[p],i[f]],[C,_]=t[g];h.values[(g-h.row)*h.columns+$-h.column]+=v/(_-C)}),h}),a=e.reduce((l,[h,p])=>Math.max(l,p-h),1);return new Z(s,o,r.precision*a)}function Vr(r){let t=new Int32Array(r.at(-1)?.[1]??0);return r.forEach(([e,s],n)=>void t.fill(n,e,s)),t}function Nn(r,t,e){let[s,n]=[t[r.row],e[r.column]],i=t[r.row+r.rows-1]+1-s,o=e[r.column+r.columns-1]+1-n;return{row:s,column:n,rows:i,columns:o,values:new Float32Array(i*o)}}function Kr(r){let t=r[0].blocks.map((e,s)=>{let n=new Float32Array(e.values.length);for(let i of r){let o=i.blocks[s].values;for(let a=0;a<n.length;a++)n[a]+=o[a]/r.length}return{...e,values:n}});return new Z(r[0].shape,t,r[0].precision)}var Qr=`"use strict";(()=>{function h(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var f=(e,r)=>Math.ceil(e/2**r);function g(e,r,t){let{width:n,query:a,key:s}=e,[l,m]=[r*n,t*n],u=0;for(let o=0;o<n;o++)u+=a[l+o]*s[m+o];return u}function F({band:[e,r],shape:t},n){return[e===null?0:Math.max(0,n+e),r===null?t[1]:Math.max(0,Math.min(t[1],n+r+1))]}function w(e,{level:r,tile:t}){let[n,a]=h(t[0],r[0],e.shape[0]),[s,l]=h(t[1],r[1],e.shape[1]),m=Math.min(128,f(a-n,r[0])),u=Math.min(128,f(l-s,r[1])),o=new Float32Array(m*u);for(let c=n;c<a;c++){let y=o.subarray((c-n>>r[0])*u);M(e,c,[s,l],r[1],y)}return{rows:m,columns:u,values:o}}function M(e,r,[t,n],a,s){let{hidden:l,keyScale:m,logsumexp:u,queryScale:o}=e,[c,y]=F(e,r);for(let i=0;i<s.length&&t+(i<<a)<n;i++){let d=t+(i<<a),b=-1/0,v=Math.min(n,y,d+(1<<a));for(let p=Math.max(d,c);p<v;p++)l[p]||(b=Math.max(b,g(e,r,p)*m[p]));let A=Math.exp(b*o[r]-u[r]);s[i]=Math.max(s[i],Math.min(1,A))}}var S=new Map;self.onmessage=({data:e})=>{e.scores&&S.set(e.key,e.scores);let r=w(S.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function Jr(r,t,e){let{width:s,query:n,key:i}=r,[o,a]=[t*s,e*s],l=0;for(let h=0;h<s;h++)l+=n[o+h]*i[a+h];return l}function Yr({band:[r,t],shape:e},s){return[r===null?0:Math.max(0,s+r),t===null?e[1]:Math.max(0,Math.min(e[1],s+t+1))]}function In(r,t,e){let[s,n]=Yr(r,t);if(r.hidden[e]||e<s||e>=n)return 0;let i=Jr(r,t,e)*r.queryScale[t]*r.keyScale[e];return Math.min(1,Math.exp(i-r.logsumexp[t]))}function Zr(r,{level:t,tile:e}){let[s,n]=Ce(e[0],t[0],r.shape[0]),[i,o]=Ce(e[1],t[1],r.shape[1]),a=Math.min(128,Je(n-s,t[0])),l=Math.min(128,Je(o-i,t[1])),h=new Float32Array(a*l);for(let p=s;p<n;p++){let f=h.subarray((p-s>>t[0])*l);Xr(r,p,[i,o],t[1],f)}return{rows:a,columns:l,values:h}}function Xr(r,t,[e,s],n,i){let{hidden:o,keyScale:a,logsumexp:l,queryScale:h}=r,[p,f]=Yr(r,t);for(let v=0;v<i.length&&e+(v<<n)<s;v++){let g=e+(v<<n),$=-1/0,C=Math.min(s,f,g+(1<<n));for(let W=Math.max(g,p);W<C;W++)o[W]||($=Math.max($,Jr(r,t,W)*a[W]));let _=Math.exp($*h[t]-l[t]);i[v]=Math.max(i[v],Math.min(1,_))}}function es(r){let[t,e]=r.shape,s=new Float32Array(t*e);for(let n=0;n<t;n++)Xr(r,n,[0,e],0,s.subarray(n*e,(n+1)*e));return{row:0,column:0,rows:t,columns:e,values:s}}var Fn=3,dt=class{constructor(t,e,s,n,i,o){this.scores=t;this.precision=e;this.overview=s;this.entropy=n;this.received=i;this.compute=o;this.shape=t.shape}tile(t){return t.level.every((s,n)=>2**s*Fn<=this.overview.by[n])?this.compute(this.scores,t):null}row(t){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(t,s))}column(t){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,t))}cell(t,e){return In(this.scores,t,e)}};var Me=new Map,pt=new Map,Dn=0,Ze;function Gn(){try{let r=new Worker(URL.createObjectURL(new Blob([Qr],{type:"text/javascript"})));return r.onmessage=({data:t})=>ts(t.number,t.grid),r.onerror=()=>{Ze=null;for(let t of Me.keys())rs(t)},r}catch{return null}}function ts(r,t){Me.get(r)?.done(t),Me.delete(r)}function rs(r){let{scores:t,place:e}=Me.get(r);setTimeout(()=>ts(r,Zr(t,e)))}function Un(r,{scores:t,place:e}){let s={number:r,key:pt.get(t)??pt.size,place:e};pt.has(t)||(pt.set(t,s.key),s.scores=t),Ze.postMessage(s)}function ss(r,t){return Ze===void 0&&(Ze=Gn()),new Promise(e=>{let s=Dn++;Me.set(s,{scores:r,place:t,done:e}),Ze?Un(s,Me.get(s)):rs(s)})}var ns=Array.from({length:94},(r,t)=>String.fromCharCode(33+t)).filter(r=>!'"<\\'.includes(r)).join(""),Vt=new Uint8Array(128);for(let r=0;r<ns.length;r++)Vt[ns.charCodeAt(r)]=r;function Bn(r){let t=r.length>>1,e=new Uint8Array(13*t+(r.length%2?5:0)>>3),[s,n,i]=[0,0,0];for(let o=0;o<r.length;o+=2){let a=o+1<r.length?Vt[r.charCodeAt(o+1)]:0;for(n|=Vt[r.charCodeAt(o)]+91*a<<s,s+=13;s>=8&&i<e.length;s-=8)e[i++]=n&255,n>>>=8}return e}async function ut(r){if(r==="")return new ArrayBuffer(0);let t=new Blob([Bn(r)]).stream();return new Response(t.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var is=async r=>new Uint8Array(await ut(r)),jt=async r=>new Int8Array(await ut(r)),os=async r=>new Uint16Array(await ut(r)),qe=async r=>new Float32Array(await ut(r));var mt=class{constructor(t,e,s,n){this.shape=t;this.overview=e;this.entropy=s;this.received=n;this.precision=null}tile(){return null}row(t){return Float32Array.from({length:this.shape[1]},(e,s)=>this.cell(t,s))}column(t){return Float32Array.from({length:this.shape[0]},(e,s)=>this.cell(s,t))}cell(t,e){let{by:s,columns:n,values:i}=this.overview;return i[Math.floor(t/s[0])*n+Math.floor(e/s[1])]}},zn=Float32Array.from({length:256},(r,t)=>t===0?0:2**((t-255)/12));function as(r){let t=new Float32Array(r.length);for(let e=0;e<r.length;e++)t[e]=zn[r[e]];return t}var ls=65535,Vn=48,_e=new Map;function ft(r,t){let e=_e.get(r)??jn(r,t);return _e.delete(r),_e.set(r,e),_e.size>Vn&&_e.delete(_e.keys().next().value),e}async function cs(r,t){return ct(r)?(await ft(r,t)).overview:ds(r.overview)}async function jn(r,t){if(ct(r))return Kn(r,t);if(r.encoding==="scores"&&Pe(r))return new Z(r.shape,[es(await hs(r))],r.precision);let e=await ds(r.overview),s=[await qe(r.entropy),await qe(r.received)];if(r.encoding==="pooled")return new mt(r.shape,e,...s);let n=await hs(r);return new dt(n,r.precision,e,...s,ss)}async function Kn(r,t){let e=Float32Array.from(await os(r.data));for(let o=0;o<e.length;o++)e[o]/=ls;let s=0,n=[[0,0,...r.shape]],i=(r.encoding==="blocks"&&t?t:n).map(o=>{let[a,l,h,p]=o,f=s;return s+=h*p,{row:a,column:l,rows:h,columns:p,values:e.subarray(f,s)}});return new Z(r.shape,i,.5/ls)}async function ds({shape:[r,t],by:e,data:s}){return{rows:r,columns:t,by:e,values:as(await is(s))}}async function hs(r){return{shape:r.shape,width:r.width,query:await jt(r.query),queryScale:await qe(r.query_scale),key:await jt(r.key),keyScale:await qe(r.key_scale),logsumexp:await qe(r.logsumexp),band:r.band,hidden:Qn(r.shape,r.hidden)}}function Qn([,r],t){let e=new Uint8Array(r);for(let[s,n]of t)e.fill(1,s,n);return e}var Jn=/\p{Cc}/gu,Yn=/^\p{M}/u,Zn=/^[\p{Z}\p{Cf}]+$/u;function O(r){if(r==="")return"\u2205";if(Zn.test(r))return"\u2423".repeat([...r].length);let t=r.replace(Jn,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return Yn.test(t)?`\u25CC${t}`:t}function gt(r,t){return t==="words"?r.words:r.tokens.map((e,s)=>[s,s+1])}function D(r,t){let e=t==="words"?r.shown:r.tokens;return gt(r,t).map((s,n)=>({text:O(e[n]),space:r.spaces[s[0]],tokens:s}))}var ps=/\p{L}/u,Xn=/[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;function us(r){let t=r.find(({text:e})=>ps.test(e))?.text.match(ps)?.[0]??"";return Xn.test(t)?"rtl":"ltr"}function vt(r,t){let e=[...r];return e.length<=t?r:`${e.slice(0,t-1).join("")}\u2026`}var Te=(r,[t,e])=>r.probabilities?.slice(t,e).reduce((s,n)=>s*n,1)??null;var ei=64,ms=r=>r.shape[1]>ei?"log":"linear";function Re({name:r},t){return r&&t.name.startsWith(`${r}.`)?t.name.slice(r.length+1):t.name}var Xe=r=>r.heads.every(Pe);async function yt(r,t,e){let s=r.maps[t.map],n=s?.layers[t.layer];if(!n||n.heads.length===0)return null;let[i,o]=[r.sides[s.rows],r.sides[s.columns]],a=Xe(n)?e:"tokens",l=await ti(s,n,t.head),h=[gt(i,a),gt(o,a)];return{map:s,layer:n,unit:a,querySide:i,keySide:o,weights:a==="words"?jr(l,...h):l,rows:D(i,a),columns:D(o,a)}}async function ti({blocks:r},t,e){if(e!==null||!Xe(t))return ft(t.heads[e??0],r);let s=await Promise.all(t.heads.map(n=>ft(n,r)));return Kr(s)}var H=(r,t,e)=>c`
  <figure aria-label=${r}>
    <h2>${r}</h2>
    <p class="explained quiet">${t}</p>
    ${e}
  </figure>
`,V=y`
  figure {
    padding: 1.5rem 0 0;
  }
  h2 {
    font: italic 400 1.1875rem/1.4 var(--serif);
    break-after: avoid;
  }
  h2:lang(zh) {
    font-style: normal;
  }
  .explained {
    max-width: 62ch;
    margin-bottom: 0.75rem;
    text-wrap: pretty;
  }
  bdi {
    font-family: var(--serif);
    overflow-wrap: anywhere;
  }
`;var ri={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},fs=1e-4;function ve(r,t){return t==="linear"?Math.min(1,Math.max(0,r)):r<=fs?0:Math.min(1,1-Math.log10(r)/Math.log10(fs))}function ye(r,t){let e=ri[t],s=Math.min(e.length-1,Math.max(0,r*(e.length-1))),[n,i]=[Math.floor(s),Math.ceil(s)];return e[n].map((a,l)=>Math.round(a+(e[i][l]-a)*(s-n)))}var Le=([r,t,e])=>`rgb(${r}, ${t}, ${e})`;function si(r){let[t,e,s]=r.map(n=>{let i=n/255;return i<=.04045?i/12.92:((i+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*s}function vs(r){return si(r)>.18?"#141312":"#ffffff"}var Kt=256,gs=new Map;function ni(r){let t=gs.get(r);return t||(t=Uint32Array.from({length:Kt},(e,s)=>{let[n,i,o]=ye(s/(Kt-1),r);return 255<<24|o<<16|i<<8|n}),gs.set(r,t)),t}function bt(r,t,e,s){let n=ni(s),i=new ImageData(t,r.length/t),o=new Uint32Array(i.data.buffer);for(let a=0;a<r.length;a++)o[a]=n[Math.round(ve(r[a],e)*(Kt-1))];return i}var ae=class extends x{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,s)=>c`
        <section><h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((n,i)=>this.renderLayer(e,n,s,i))}
        </div></section>
      `)}renderLayer(e,s,n,i){let o=Re(e,s)||this.text.layerNumber(i);return c`<div class="layer">
      <span class="quiet name">${o}</span>
      ${s.heads.map((a,l)=>this.renderHead(o,{...this.pane,map:n,layer:i,head:l}))}
    </div>`}renderHead(e,s){let{map:n,layer:i,head:o}=this.pane,a=n===s.map&&i===s.layer&&(o===null||o===s.head),h=s.head===(o??0)&&i===s.layer&&n===s.map||n!==s.map&&s.layer===0&&s.head===0;return c`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(s.head))}
      title=${this.text.headName(e,this.text.headNumber(s.head))}
      tabindex=${h?0:-1}
      @click=${()=>this.choose(s)}
    ><canvas data-head="${s.map} ${s.layer} ${s.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:s,target:n}){let i={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!i)return;let o=[...s.querySelectorAll("button")],a=o[o.indexOf(n)+i];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let s of this.renderRoot.querySelectorAll("canvas")){let[n,i,o]=s.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:h}=await cs(this.maps[n].layers[i].heads[o],this.maps[n].blocks);if(e!==this.drawing)return;[s.width,s.height]=[l,a],s.getContext("2d").putImageData(bt(h,l,this.scale,E.theme),0,0)}}};ae.styles=[b,y`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 4.5rem;
        overflow-wrap: anywhere;
      }
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
      }
      @media (max-width: 30rem) {
        .layer .name {
          flex-basis: 100%;
        }
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `],d([u({attribute:!1})],ae.prototype,"maps",2),d([u({attribute:!1})],ae.prototype,"pane",2),d([u({attribute:!1})],ae.prototype,"scale",2),ae=d([w("qkv-head-mosaic")],ae);var ii=600,wt=class{constructor(t,e,s,n){this.weights=t;this.scale=e;this.theme=s;this.arrived=n;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:t,columns:e}=this.weights.overview;return this.image("overview",t,e)}under(t,e){let s=ai(t,t.level(e),this.weights.shape);return this.want(s),this.drawable(s)}drawable(t){let e=t[0]?.level??[0,0],s=[...this.grids.values()].filter(({place:n})=>n.level[0]>=e[0]&&n.level[1]>=e[1]);return s.sort((n,i)=>ys(i.place.level)-ys(n.place.level)),s.map(({place:n,grid:i})=>({place:n,image:this.image(Qt(n),i.values,i.columns)}))}image(t,e,s){let n=this.images.get(t);return n||(n=oi(bt(e,s,this.scale,this.theme)),this.images.set(t,n)),n}want(t){this.wanted=t.filter(e=>!this.grids.has(Qt(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let t=this.wanted.shift();t;t=this.wanted.shift()){let e=await this.weights.tile(t);if(!e)break;this.grids.set(Qt(t),{place:t,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[t]=this.grids.keys();this.grids.size<=ii||(this.grids.delete(t),this.images.delete(t))}},ys=([r,t])=>r+t,Qt=({level:r,tile:t})=>`${r} ${t}`;function oi(r){let t=document.createElement("canvas");return[t.width,t.height]=[r.width,r.height],t.getContext("2d").putImageData(r,0,0),t}function ai({left:r,top:t,width:e,height:s,plot:n},i,[o,a]){let l=(g,$,C,_)=>{let W=Math.ceil(Je(_,C)/128)-1,S=128<<C,J=Math.min(W,Math.floor((g+$)/S)),se=Math.max(0,Math.floor(g/S));return Array.from({length:Math.max(0,J-se+1)},(ke,We)=>se+We)},h=l(r,n.width/e,i[1],a),p=l(t,n.height/s,i[0],o),f=p.flatMap(g=>h.map($=>({level:i,tile:[g,$]}))),v=({tile:[g,$]})=>Math.hypot(g-(p[0]+p.at(-1))/2,$-(h[0]+h.at(-1))/2);return f.sort((g,$)=>v(g)-v($))}var tt=class{constructor(t,e){this.rows=t;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(t){let e=Math.min(30,t.width/this.columns),s=Math.min(30,t.height/this.rows),n=Math.min(e,s);Math.max(e,s)<=3*n&&(e=s=n),this.plot={width:e*this.columns,height:s*this.rows},this.fitted={width:e,height:s},[this.width,this.height,this.left,this.top]=[e,s,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(t,e,s){let[n,i]=[this.left+t/this.width,this.top+e/this.height];this.width=bs(this.width,this.fitted.width,s),this.height=bs(this.height,this.fitted.height,s),this.left=n-t/this.width,this.top=i-e/this.height,this.pan(0,0)}pan(t,e){let{width:s,height:n}=this.plot;this.left=et(this.left-t/this.width,0,this.columns-s/this.width),this.top=et(this.top-e/this.height,0,this.rows-n/this.height)}reveal(t,e){let[s,n]=[this.plot.width/this.width,this.plot.height/this.height];this.left=et(this.left,e+1-s,e),this.top=et(this.top,t+1-n,t),this.pan(0,0)}cellAt(t,e){let[s,n]=[this.left+t/this.width,this.top+e/this.height].map(Math.floor);return t>=0&&e>=0&&t<this.plot.width&&e<this.plot.height&&n<this.rows&&s<this.columns?{row:n,column:s}:null}level(t){let e=s=>Math.max(0,Math.floor(Math.log2(1/(s*t))));return[e(this.height),e(this.width)]}};function bs(r,t,e){return et(r*e,t,Math.max(t,44))}function et(r,t,e){return Math.min(Math.max(r,t),Math.max(t,e))}var li={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},Jt=40,$t=200,Oe=class extends x{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=E,s=$t/Jt;return c`<svg viewBox="-16 0 ${$t+32} 26" width=${$t+32} height="26" role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:Jt},(n,i)=>je`<rect x=${i*s} width=${s+.5} height="8"
        fill=${Le(ye((i+.5)/Jt,e))}></rect>`)}
      ${li[this.scale].map(n=>je`<text x=${ve(n,this.scale)*$t} y="22">${n}</text>`)}
    </svg>`}};Oe.styles=[b,y`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `],d([u({attribute:!1})],Oe.prototype,"scale",2),Oe=d([w("qkv-legend")],Oe);var xt=class{constructor(t,e){this.canvas=t;this.actions=e;this.pointers=new Map;this.moved=0;t.addEventListener("pointerdown",s=>this.down(s)),t.addEventListener("pointermove",s=>this.move(s)),t.addEventListener("pointerup",s=>this.up(s)),t.addEventListener("pointercancel",s=>this.pointers.delete(s.pointerId)),t.addEventListener("pointerleave",()=>e.leave()),t.addEventListener("wheel",s=>this.wheel(s),{passive:!1})}place({clientX:t,clientY:e}){let{left:s,top:n}=this.canvas.getBoundingClientRect();return[t-s,e-n]}down(t){this.canvas.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,this.place(t)),this.pointers.size===1&&(this.moved=0)}move(t){let e=this.place(t),s=this.pointers.get(t.pointerId);if(!s)return this.actions.hover(...e);let n=[...this.pointers].find(([i])=>i!==t.pointerId)?.[1];this.moved+=Yt(s,e),n?this.pinch(s,e,n):this.moved>4&&this.actions.pan(e[0]-s[0],e[1]-s[1]),this.pointers.set(t.pointerId,e)}pinch(t,e,s){let n=[(e[0]+s[0])/2,(e[1]+s[1])/2],i=Yt(e,s)/Math.max(1,Yt(t,s));this.actions.pan((e[0]-t[0])/2,(e[1]-t[1])/2),this.actions.zoom(...n,i)}up(t){this.pointers.delete(t.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(t))}wheel(t){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!t.ctrlKey&&!t.metaKey&&!e&&!this.actions.zoomed())return;t.preventDefault();let s=t.ctrlKey&&Math.abs(t.deltaY)<40?.01:.002;this.actions.zoom(...this.place(t),Math.exp(-t.deltaY*s))}},Yt=(r,t)=>Math.hypot(r[0]-t[0],r[1]-t[1]);var xs=16,hi=50,Zt=-Math.PI/3,Xt=11,ci=9,di=40,ks=10,kt=44,le=8,pi='"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif',Ss=14,er=r=>`${Math.min(Ss,r)}px ${pi}`,tr="11px system-ui, sans-serif",rr=({text:r})=>vt(r,xs);function As(r,t,e,s){let n=Math.max(hi,ws(r,t,s*.3),ci*String(t.length).length),i=ws(r,e,120);return{left:n+8,top:i*Math.sin(-Zt)+14,right:Math.max(kt+le,i*Math.cos(Zt))+4,bottom:kt+le}}function ws(r,t,e){r.font=er(Ss);let s=t.reduce((a,{text:l})=>Math.max(a,l.length),0),n=.6*Math.min(s,xs),o=t.filter(({text:a})=>a.length>=n).slice(0,100).map(a=>r.measureText(rr(a)).width);return Math.min(e,Math.max(24,...o))}function Es(r){let{context:t,pixelRatio:e,margins:s,inks:n}=r;t.setTransform(e,0,0,e,0,0),t.fillStyle=n.paper,t.fillRect(0,0,t.canvas.width,t.canvas.height),t.translate(s.left,s.top),t.save(),ui(r),mi(r),fi(r),gi(r),yi(r),t.restore(),bi(r),wi(r),xi(r),ki(r),Si(r)}function ui({context:r,viewport:{plot:t}}){r.beginPath(),r.rect(0,0,t.width,t.height),r.clip()}function mi({context:r,images:t,viewport:e,pixelRatio:s,weights:n}){r.imageSmoothingEnabled=!1;let i=t.overview(),{by:o,columns:a,rows:l}=n.overview;$s(r,i,e,s,[0,0,l*o[0],a*o[1]]);for(let{place:{level:h,tile:p},image:f}of t.under(e,s)){let[v,g]=[p[0]*(128<<h[0]),p[1]*(128<<h[1])],$=[v,g,f.height<<h[0],f.width<<h[1]];$s(r,f,e,s,$)}}function $s(r,t,{left:e,top:s,width:n,height:i,plot:o},a,[l,h,p,f]){let v=W=>Math.round(W*a)/a,[g,$]=[v((h-e)*n),v((l-s)*i)],[C,_]=[v((h+f-e)*n),v((l+p-s)*i)];C<=0||_<=0||g>=o.width||$>=o.height||r.drawImage(t,g,$,Math.max(C-g,1/a),Math.max(_-$,1/a))}function fi({context:r,viewport:t,inks:e}){let{width:s,height:n,left:i,top:o,plot:a}=t;if(!(Math.min(s,n)<ks)){r.fillStyle=e.paper;for(let l=-(i%1*s);l<a.width;l+=s)r.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*n);l<a.height;l+=n)r.fillRect(0,l-.5,a.width,1)}}function gi({context:r,viewport:t,blocks:e,inks:s}){let{left:n,top:i,width:o,height:a}=t;for(let{kind:l,rows:h,columns:p}of e){let[f,v]=[(p[0]-n)*o,(h[0]-i)*a],[g,$]=[(p[1]-p[0])*o,(h[1]-h[0])*a];r.strokeStyle=r.fillStyle=s.gold,r.lineWidth=2,r.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?r.strokeRect(f+2,v+2,Math.max(1,g-4),Math.max(1,$-4)):vi(r,f+g/2,v+$/2,Math.min(4,o/4,a/4))}r.setLineDash([])}function vi(r,t,e,s){r.beginPath(),r.arc(t,e,Math.max(1,s),0,2*Math.PI),r.fill()}function yi({context:r,viewport:t,focus:e,inks:s}){let{left:n,top:i,width:o,height:a,plot:l}=t;r.strokeStyle=s.accent,r.lineWidth=1;let[h,p]=[((e.column??0)-n)*o,((e.row??0)-i)*a],[f,v]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&r.strokeRect(.5,p,l.width-1,v),e.column!==null&&r.strokeRect(h,.5,f,l.height-1),!(e.row===null||e.column===null)&&(r.lineWidth=2,r.strokeRect(h,p,f,v))}function bi({context:r,viewport:t,margins:e,rows:s,focus:n,inks:i}){r.textAlign="right",r.textBaseline="middle";let{height:o,top:a,plot:l}=t,h=o>=Xt;r.font=h?er(o):tr;for(let p of Ps(a,l.height,o,s.length)){r.fillStyle=p===n.row?i.accent:h?i.ink:i.quiet;let f=h?rr(s[p]):Cs(p);r.fillText(f,-6,(p-a+.5)*o,e.left-8)}}function wi({context:r,viewport:t,columns:e,focus:s,inks:n}){let{width:i,left:o,plot:a}=t,l=i>=Xt;r.textBaseline=l?"middle":"bottom",r.font=l?er(i):tr;for(let h of Ps(o,a.width,i,e.length))r.fillStyle=h===s.column?n.accent:l?n.ink:n.quiet,r.save(),r.translate((h-o+.5)*i,-6),r.textAlign=l?"left":"center",l&&r.rotate(Zt),r.fillText(l?rr(e[h]):Cs(h),0,0),r.restore()}var Cs=r=>(r+1).toLocaleString("en");function Ps(r,t,e,s){let n=e>=Xt?1:$i(di/e),i=Math.min(s,Math.floor(r+t/e+.5)),o=Math.ceil((Math.ceil(r-.5)+1)/n)*n-1;return Array.from({length:Math.max(0,Math.ceil((i-o)/n))},(a,l)=>o+l*n)}function $i(r){let t=10**Math.floor(Math.log10(r));return t*([1,2,5].find(e=>e*t>=r)??10)}function xi({context:r,viewport:t,weights:e,inks:s}){let{plot:n,top:i,height:o,rows:a,columns:l}=t,h=Math.log(Math.max(2,l)),p=n.width+le;r.fillStyle=s.bar;for(let[f,v,g]of Ms(e.entropy,i,o,n.height,a))r.fillRect(p,f,Math.max(.5,g/h*kt),v)}function ki({context:r,viewport:t,weights:e,inks:s}){let{plot:n,left:i,width:o,columns:a}=t,l=e.received.reduce((p,f)=>Math.max(p,f),1e-9),h=n.height+le;r.fillStyle=s.bar;for(let[p,f,v]of Ms(e.received,i,o,n.width,a))r.fillRect(p,h,f,Math.max(.5,v/l*kt))}function Si({context:r,viewport:{plot:t},inks:e,bandNames:s}){r.fillStyle=e.quiet,r.font=tr,r.textBaseline="top",r.textAlign="left",r.fillText(s[0],t.width+le,t.height+le),r.textAlign="right",r.fillText(s[1],-le,t.height+le)}function Ms(r,t,e,s,n){let i=Math.max(1,Math.ceil(1/e)),o=e>=ks?e*.55:0,a=[];for(let l=Math.floor(t/i)*i;l<Math.min(n,t+s/e);l+=i){let h=Math.max(...r.subarray(l,l+i)),[p,f]=[Math.max(0,(l-t)*e),Math.min(s,(l-t+i)*e)];a.push([p+o/2,Math.max(.5,f-p-o),h])}return a}var Ai=640,St=1.5,qs={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]};function Ei(r,t){return r?.querySide===t.querySide&&r.keySide===t.keySide&&r.unit===t.unit}var G=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=A;this.locked=!1;this.blocks=[];this.viewport=new tt(1,1);this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,s]=this.shown.weights.shape;return c`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,s)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(St))}
          ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/St))}
          ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
        </div>
      </div>
    `}renderButton(e,s,n){return c`<button type="button" title=${s} aria-label=${s} @click=${n}>${e}</button>`}firstUpdated(){new xt(this.canvas,{hover:(e,s)=>this.ask("qkv-hover",this.cellAt(e,s)??A),leave:()=>this.ask("qkv-hover",A),press:(e,s)=>this.press(e,s),pan:(e,s)=>this.change(()=>this.viewport.pan(e,s)),zoom:(e,s,n)=>this.change(()=>this.zoomAt(e,s,n)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:s}=E,{weights:n}=this.shown;e.has("shown")&&!Ei(e.get("shown"),this.shown)&&(this.viewport=new tt(...n.shape),this.measure()),(this.images?.weights!==n||this.images.scale!==this.scale||this.images.theme!==s)&&(this.images=new wt(n,this.scale,s,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;let{rows:e,columns:s}=this.shown,n=this.canvas.getContext("2d"),i=As(n,e,s,this.clientWidth);this.margins=i,this.viewport.fit({width:Math.max(40,this.clientWidth-i.left-i.right),height:Math.min(Ai,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=i.left+o.width+i.right,l=i.top+o.height+i.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:s,columns:n}=this.shown;Es({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:s,columns:n,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks(),bandNames:[this.text.entropyBand,this.text.receivedBand]})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","bar","paper","accent","gold"].map(n=>[n,e.getPropertyValue(`--${n}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,s){return this.viewport.cellAt(e-this.margins.left,s-this.margins.top)}zoomAt(e,s,n){this.viewport.zoom(e-this.margins.left,s-this.margins.top,n)}zoomMiddle(e){let{plot:s}=this.viewport;this.change(()=>this.viewport.zoom(s.width/2,s.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,s){let n=this.cellAt(e,s),{row:i,column:o}=this.focused,a=this.locked&&n?.row===i&&n?.column===o;this.ask("qkv-select",a||!n?A:n)}reveal(){let{row:e,column:s}=this.focused,{viewport:n}=this;n.reveal(e??Math.ceil(n.top),s??Math.ceil(n.left))}keyPressed(e){let s=this.keyAction(e.key);s&&(e.preventDefault(),s())}keyAction(e){if(e in qs)return()=>this.move(...qs[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(St);if(e==="-")return()=>this.zoomMiddle(1/St);if(e==="0")return()=>this.showWhole()}move(e,s){let[n,i]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(h,p,f)=>h===null?0:Math.min(f-1,Math.max(0,h+p));this.ask("qkv-select",{row:l(o,e,n),column:l(a,s,i)})}};G.styles=[b,y`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        max-width: 34rem;
        margin-top: 0.25rem;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `],d([u({attribute:!1})],G.prototype,"shown",2),d([u({attribute:!1})],G.prototype,"scale",2),d([u({attribute:!1})],G.prototype,"focused",2),d([u({attribute:!1})],G.prototype,"locked",2),d([u({attribute:!1})],G.prototype,"blocks",2),d([B("canvas")],G.prototype,"canvas",2),G=d([w("qkv-heat-map")],G);var rt=class{diff(t,e,s={}){let n;typeof s=="function"?(n=s,s={}):"callback"in s&&(n=s.callback);let i=this.castInput(t,s),o=this.castInput(e,s),a=this.removeEmpty(this.tokenize(i,s)),l=this.removeEmpty(this.tokenize(o,s));return this.diffWithOptionsObj(a,l,s,n)}diffWithOptionsObj(t,e,s,n){var i;let o=S=>{if(S=this.postProcess(S,s),n){setTimeout(function(){n(S)},0);return}else return S},a=e.length,l=t.length,h=1,p=a+l;s.maxEditLength!=null&&(p=Math.min(p,s.maxEditLength));let f=(i=s.timeout)!==null&&i!==void 0?i:1/0,v=Date.now()+f,g=[{oldPos:-1,lastComponent:void 0}],$=this.extractCommon(g[0],e,t,0,s);if(g[0].oldPos+1>=l&&$+1>=a)return o(this.buildValues(g[0].lastComponent,e,t));let C=-1/0,_=1/0,W=()=>{for(let S=Math.max(C,-h);S<=Math.min(_,h);S+=2){let J,se=g[S-1],ke=g[S+1];se&&(g[S-1]=void 0);let We=!1;if(ke){let vr=ke.oldPos-S;We=ke&&0<=vr&&vr<a}let gr=se&&se.oldPos+1<l;if(!We&&!gr){g[S]=void 0;continue}if(!gr||We&&se.oldPos<ke.oldPos?J=this.addToPath(ke,!0,!1,0,s):J=this.addToPath(se,!1,!0,1,s),$=this.extractCommon(J,e,t,S,s),J.oldPos+1>=l&&$+1>=a)return o(this.buildValues(J.lastComponent,e,t))||!0;g[S]=J,J.oldPos+1>=l&&(_=Math.min(_,S-1)),$+1>=a&&(C=Math.max(C,S+1))}h++};if(n)(function S(){setTimeout(function(){if(h>p||Date.now()>v)return n(void 0);W()||S()},0)})();else for(;h<=p&&Date.now()<=v;){let S=W();if(S)return S}}addToPath(t,e,s,n,i){let o=t.lastComponent;return o&&!i.oneChangePerToken&&o.added===e&&o.removed===s?{oldPos:t.oldPos+n,lastComponent:{count:o.count+1,added:e,removed:s,previousComponent:o.previousComponent}}:{oldPos:t.oldPos+n,lastComponent:{count:1,added:e,removed:s,previousComponent:o}}}extractCommon(t,e,s,n,i){let o=e.length,a=s.length,l=t.oldPos,h=l-n,p=0;for(;h+1<o&&l+1<a&&this.equals(s[l+1],e[h+1],i);)h++,l++,p++,i.oneChangePerToken&&(t.lastComponent={count:1,previousComponent:t.lastComponent,added:!1,removed:!1});return p&&!i.oneChangePerToken&&(t.lastComponent={count:p,previousComponent:t.lastComponent,added:!1,removed:!1}),t.oldPos=l,h}equals(t,e,s){return s.comparator?s.comparator(t,e):t===e||!!s.ignoreCase&&t.toLowerCase()===e.toLowerCase()}removeEmpty(t){let e=[];for(let s=0;s<t.length;s++)t[s]&&e.push(t[s]);return e}castInput(t,e){return t}tokenize(t,e){return Array.from(t)}join(t){return t.join("")}postProcess(t,e){return t}get useLongestToken(){return!1}buildValues(t,e,s){let n=[],i;for(;t;)n.push(t),i=t.previousComponent,delete t.previousComponent,t=i;n.reverse();let o=n.length,a=0,l=0,h=0;for(;a<o;a++){let p=n[a];if(p.removed)p.value=this.join(s.slice(h,h+p.count)),h+=p.count;else{if(!p.added&&this.useLongestToken){let f=e.slice(l,l+p.count);f=f.map(function(v,g){let $=s[h+g];return $.length>v.length?$:v}),p.value=this.join(f)}else p.value=this.join(e.slice(l,l+p.count));l+=p.count,p.added||(h+=p.count)}}return n}};var sr=class extends rt{tokenize(t){return t.slice()}join(t){return t}removeEmpty(t){return t}},_s=new sr;function st(r,t,e){return _s.diff(r,t,e)}var Ci=new Intl.Segmenter(void 0,{granularity:"word"}),Ts=r=>Array.from(Ci.segment(r),({segment:t})=>t),Pi=100;function Mi(r,t){let e=st(Ts(r),Ts(t),{timeout:Pi});return e?e.filter(({removed:s})=>!s).map(({added:s,value:n})=>s?c`<strong>${n.join("")}</strong>`:n.join("")):t}var qi=12,be=class extends x{constructor(){super(...arguments);this.unit="words"}render(){let e=this.view.sides.find(({probabilities:s})=>s);return c`
      ${e?this.renderDoubts(e):m}
      ${this.view.alternatives.length>1?this.renderAlternatives():m}
    `}renderDoubts(e){let s=D(e,this.unit).map(({text:n,tokens:i})=>({text:n,value:Te(e,i)}));return s.sort((n,i)=>n.value-i.value),H(this.text.confidenceHeading,this.text.confidenceExplained,c`<ol class="doubts">
        ${s.slice(0,qi).map(({text:n,value:i})=>c`<li>
            <bdi>${n}</bdi>
            <span class="number quiet">${z(i)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100*i} height="1"></rect>
            </svg>
          </li>`)}
      </ol>`)}renderAlternatives(){let{alternatives:e}=this.view;return H(this.text.alternativesHeading,this.text.alternativesExplained,c`<ol>
        ${e.map(({text:s,score:n},i)=>c`<li class="alternative" data-best=${i===0}>
            <span class="number quiet">${n.toFixed(3)}</span>
            <span dir="auto" class="sentence">${Mi(e[0].text,s)}</span>
          </li>`)}
      </ol>`)}};be.styles=[b,V,y`
      :host {
        display: contents;
      }
      .doubts li {
        display: grid;
        grid-template-columns: minmax(0, 9rem) 3.25rem minmax(2rem, 14rem);
        gap: 0.6rem;
        align-items: center;
        line-height: 1.6;
      }
      .doubts .number {
        text-align: right;
      }
      svg {
        width: 100%;
        height: 3px;
        background: var(--rule);
      }
      rect {
        fill: var(--weight);
      }
      .alternative {
        display: grid;
        grid-template-columns: 3.75rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.15rem 0;
      }
      .alternative .number {
        text-align: right;
      }
      .sentence {
        font-family: var(--serif);
        font-size: 1.0625rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      [data-best="true"] .sentence,
      strong {
        color: var(--ink);
        font-weight: 400;
      }
      strong {
        border-bottom: 1px solid var(--accent);
      }
    `],d([u({attribute:!1})],be.prototype,"view",2),d([u({attribute:!1})],be.prototype,"unit",2),be=d([w("qkv-outcome")],be);var _i=.82,X=class extends x{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:s,height:n,boxes:i}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return c`
      <svg viewBox="0 0 ${s} ${n}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${s} height=${n} />
        ${i.map(([a,l,h,p],f)=>je`
          <rect
            class=${f===this.marked?"marked":""}
            x=${a} y=${l} width=${h-a} height=${p-l}
            fill="#000"
            fill-opacity=${this.shades?_i*(1-this.shades[f]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:f})}
            @click=${()=>this.ask("qkv-select",{row:null,column:f})}
          ></rect>`)}
      </svg>
    `}};X.styles=[b,y`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `],d([u({attribute:!1})],X.prototype,"picture",2),d([u()],X.prototype,"name",2),d([u({attribute:!1})],X.prototype,"shades",2),d([u({attribute:!1})],X.prototype,"marked",2),X=d([w("qkv-picture-regions")],X);var he=class extends x{constructor(){super(...arguments);this.focused=A}render(){let{weights:e,rows:s}=this.shown;return H(this.text.pictureWordsHeading,this.text.pictureWordsExplained,c`<ol>
        ${s.map(({text:n},i)=>c`<li>
            <button
              type="button"
              aria-pressed=${i===this.focused.row}
              @pointerenter=${()=>this.ask("qkv-hover",{row:i,column:null})}
              @pointerleave=${()=>this.ask("qkv-hover",A)}
              @click=${()=>this.ask("qkv-select",{row:i,column:null})}
            >
              <qkv-picture-regions
                .picture=${this.picture}
                .name=${this.text.pictureName(n)}
                .shades=${e.row(i)}
              ></qkv-picture-regions>
              <bdi>${n}</bdi>
            </button>
          </li>`)}
      </ol>`)}};he.styles=[b,V,y`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      button {
        padding: 0;
        width: 100%;
        text-align: start;
      }
      qkv-picture-regions {
        pointer-events: none;
      }
      [aria-pressed="true"] bdi {
        color: var(--accent);
      }
    `],d([u({attribute:!1})],he.prototype,"shown",2),d([u({attribute:!1})],he.prototype,"picture",2),d([u({attribute:!1})],he.prototype,"focused",2),he=d([w("qkv-picture-words")],he);function ee(r,t){let e=[];for(let s=0;s<r.length;s++){if(!(r[s]>0)||e.length===t&&r[s]<=r[e[t-1]])continue;let n=e.findIndex(i=>r[i]<r[s]);e.splice(n<0?e.length:n,0,s),e.length=Math.min(e.length,t)}return e}var Ti=5,Ri=24,nt=r=>vt(r.text,Ri),ce=class extends x{constructor(){super(...arguments);this.shown=null;this.focused=A;this.locked=!1}render(){if(!this.shown)return c`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:s}=this.focused,n=[];return e!==null&&s!==null&&n.push(this.renderCell(this.shown,e,s)),e!==null&&n.push(this.renderRow(this.shown,e)),s!==null&&n.push(this.renderColumn(this.shown,s)),c`
      ${this.locked?this.renderLock():m}
      <div aria-live="polite">
        ${n.length?n:c`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `}renderCell({weights:e,rows:s,columns:n},i,o){let a=e.cell(i,o);return c`<p>
      ${this.text.cell(nt(s[i]),nt(n[o]))}
      <data class="number" id="cell" value=${a}>${Ur(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:s,columns:n,querySide:i},o){let a=e.entropy[o],l=Te(i,s[o].tokens);return c`<p>
      ${this.text.lookedAt(nt(s[o]))} ${this.renderLargest(e.row(o),n)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}
        ${l===null?m:this.text.probability(z(l))}
      </span>
    </p>`}renderColumn({weights:e,rows:s,columns:n},i){return c`<p>
      ${this.text.lookedAtBy(nt(n[i]))}
      ${this.renderLargest(e.column(i),s)}
      <span class="quiet">${this.text.received(Qe(e.received[i]))}</span>
    </p>`}renderLargest(e,s){let n=ee(e,Ti);return n.length===0?this.text.nothingSeen:n.map(i=>c`<span class="part"><bdi>${nt(s[i])}</bdi>
        <span class="number">${Qe(e[i])}</span></span> `)}renderLock(){return c`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",A)}>${this.text.letGo}</button>
    </p>`}};ce.styles=[b,y`
      :host {
        min-height: 4.75rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      @media (min-width: 45rem) {
        .lock {
          float: inline-end;
          margin-inline-start: 1rem;
        }
      }
      button {
        text-decoration: underline;
      }
    `],d([u({attribute:!1})],ce.prototype,"shown",2),d([u({attribute:!1})],ce.prototype,"focused",2),d([u({attribute:!1})],ce.prototype,"locked",2),ce=d([w("qkv-readout")],ce);var te=class extends x{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:s},n)=>[String(n),s?`${this.text.mapKinds[e]} ${s}`:this.text.mapKinds[e]]}render(){let e=this.view.maps[this.pane.map],s=e.layers[this.pane.layer],n=[this.renderMap(),e.layers.length>1?this.renderLayer(e):null,s.heads.length>1?this.renderHead(s):null,this.renderUnit(s),this.renderScale()].filter(i=>i!==null);return c`<p>
      ${this.text.showing}${n.map((i,o)=>c`${o?this.text.comma:""}<span class="part">${i}</span>`)}
    </p>`}renderMap(){let{maps:e}=this.view;return this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,s=>this.choose(Ye(this.pane.view,this.view,Number(s))))}renderLayer(e){let s=e.layers.map((n,i)=>[String(i),Re(e,n)||this.text.layerNumber(i)]);return this.renderSelect(this.text.layer,s,this.pane.layer,n=>this.chooseLayer(e,Number(n)))}renderHead(e){let{head:s}=this.pane;return this.renderSelect(this.text.head,this.headOptions(e),s??"mean",n=>this.choose({...this.pane,head:n==="mean"?null:Number(n)}))}renderUnit(e){let s=[["words",this.text.words],["tokens",this.text.tokens]],n=Xe(e)?s:s.slice(1);return this.renderSelect(this.text.unit,n,this.unit,i=>this.ask("qkv-select",{unit:i,row:null,column:null}))}renderScale(){let e=[["linear",this.text.linear],["log",this.text.log]];return this.renderSelect(this.text.scale,e,this.scale,s=>this.ask("qkv-select",{scale:s}))}renderSelect(e,s,n,i){return s.length===1?c`<span>${s[0][1]}</span>`:c`<select
      aria-label=${e}
      @change=${o=>i(o.target.value)}
    >
      ${s.map(([o,a])=>c`<option value=${o} .selected=${o===String(n)}>${a}</option>`)}
    </select>`}headOptions(e){let s=e.heads.map((i,o)=>[String(o),this.text.headNumber(o)]);return s.length>1&&Xe(e)?[["mean",this.text.meanOfHeads(s.length)],...s]:s}chooseLayer({layers:e},s){let n=e[s].heads.length,{head:i}=this.pane;this.choose({...this.pane,layer:s,head:i!==null&&i>=n?0:i})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};te.styles=[b,y`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        display: inline-block;
        max-width: 100%;
      }
    `],d([u({attribute:!1})],te.prototype,"view",2),d([u({attribute:!1})],te.prototype,"pane",2),d([u({attribute:!1})],te.prototype,"unit",2),d([u({attribute:!1})],te.prototype,"scale",2),te=d([w("qkv-shown-sentence")],te);var He=class extends x{render(){return H(this.text.notesHeading,this.text.notesExplained,c`<ul>
        ${this.view.notes.map(t=>this.renderNote(t))}
      </ul>`)}renderNote({map:t,layer:e,head:s,place:n,share:i}){let o=this.view.maps[t],a=this.text.headIn(o.name||this.text.mapKinds[o.kind],Re(o,o.layers[e])||this.text.layerNumber(e),this.text.headNumber(s));return c`<li>
      <button type="button" @click=${()=>this.show({map:t,layer:e,head:s})}>${a}</button>
      <span class="quiet">${this.text.sink(z(i),this.text.places[n])}</span>
    </li>`}show(t){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:t}))}};He.styles=[b,V,y`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `],d([u({attribute:!1})],He.prototype,"view",2),He=d([w("qkv-sinks")],He);var Rs=64,Li=250,Oi=/^(<\S+>|\[[A-Z]+\])$/,Hi={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},Ni=(r,t)=>r.length!==t?.length||r.some((e,s)=>e!==t[s]),R=class extends x{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.spans=[];this.steps=new Uint8Array;this.theme=""}render(){let e=this.marked===null?m:`p${this.marked-this.offset}`;return c`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?us(this.pieces):"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${s=>this.pointed(s,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${s=>this.pointed(s,!0)}
        @keydown=${this.keyPressed}
      ></div>
    `}updated(e){e.has("pieces")&&this.placePieces(),e.has("probabilities")&&this.paintProbabilities(),this.paintShades();for(let n of this.renderRoot.querySelectorAll(".marked"))Ii(n);let s=this.marked===null?void 0:this.spans[this.marked-this.offset];s?.classList.add("marked"),s?.setAttribute("aria-selected",String(this.locked)),(e.has("shades")||e.has("marked"))&&this.reveal(s)}placePieces(){let{pieces:e}=this;this.steps=new Uint8Array(e.length),this.spans=[];let s=this.renderRoot.querySelector(".pieces");s.replaceChildren();let n=()=>{e===this.pieces&&(s.append(this.nextBlock()),this.paintProbabilities(),this.paintShades(),this.spans.length<e.length&&setTimeout(n))};n()}nextBlock(){let e=document.createElement("div"),s=this.spans.length;return this.pieces.slice(s,s+Li).forEach((n,i)=>{let o=Wi(n,s+i),a=this.layout==="running"&&(i>0||s===0);e.append(a?n.space:"",o),this.spans.push(o)}),e}paintShades(){let{theme:e}=E;this.spans.forEach((s,n)=>{let i=this.shades?.[n]??0,o=i?Math.round(ve(i,this.scale)*Rs):0;if(o===this.steps[n]&&e===this.theme)return;this.steps[n]=o;let a=ye(o/Rs,e);s.style.backgroundColor=o?Le(a):"",s.style.color=o?vs(a):""}),this.theme=e}paintProbabilities(){this.spans.forEach((e,s)=>{let n=this.probabilities?.[s];e.classList.toggle("probable",typeof n=="number"),typeof n=="number"&&e.style.setProperty("--probability",`${n*100}%`)})}reveal(e){let s=this.renderRoot.querySelector(".pieces");if(s.scrollHeight<=s.clientHeight||s.matches(":hover"))return;let n=e??this.spans[ee(this.shades??[],1)[0]];if(!n)return;let[i,o]=[n.getBoundingClientRect(),s.getBoundingClientRect()];i.top>=o.top&&i.bottom<=o.bottom||(s.scrollTop+=i.top-o.top-s.clientHeight/2)}focusOn(e){let s=e+this.offset;return this.axis==="row"?{row:s,column:null}:{row:null,column:s}}pointed(e,s){let n=e.target.closest("[data-place]");if(!n)return;let i=Number(n.dataset.place),o=this.locked&&this.marked===i+this.offset;s?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(i)):this.ask("qkv-hover",this.focusOn(i))}keyPressed(e){let s=Hi[e.key];if(s===void 0||this.pieces.length===0)return;e.preventDefault();let n=this.marked===null?s<0?this.pieces.length:-1:this.marked-this.offset,i=Math.min(this.pieces.length-1,Math.max(0,n+s));this.ask("qkv-select",this.focusOn(i))}};R.styles=[b,y`
      .pieces {
        font: 400 var(--size, 1.375rem) / 1.7 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 18rem;
        overflow-y: auto;
        padding: 3px;
        margin: -3px;
      }
      .pieces > div:nth-child(n + 2) {
        content-visibility: auto;
        contain-intrinsic-height: auto 16rem;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(var(--quiet), var(--quiet)),
          linear-gradient(var(--rule), var(--rule));
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size:
          var(--probability) 2px,
          100% 2px;
      }
      .special {
        font-size: 0.75em;
        margin-inline-start: 0.35em;
      }
      .special:not([style*="color"]) {
        color: var(--quiet);
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces > div {
        display: flex;
        flex-direction: column;
      }
      :host(:not([layout="running"])) .pieces {
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        .pieces > div:nth-child(n) {
          content-visibility: visible;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `],d([u()],R.prototype,"label",2),d([u({reflect:!0})],R.prototype,"layout",2),d([u({attribute:!1,hasChanged:Ni})],R.prototype,"pieces",2),d([u({attribute:!1})],R.prototype,"axis",2),d([u({attribute:!1})],R.prototype,"offset",2),d([u({attribute:!1})],R.prototype,"shades",2),d([u({attribute:!1})],R.prototype,"scale",2),d([u({attribute:!1})],R.prototype,"marked",2),d([u({attribute:!1})],R.prototype,"locked",2),d([u({attribute:!1})],R.prototype,"probabilities",2),R=d([w("qkv-shaded-text")],R);function Wi({text:r},t){let e=document.createElement("span"),s={id:`p${t}`,"data-place":t,role:"option","aria-selected":!1};for(let[n,i]of Object.entries(s))e.setAttribute(n,String(i));return Oi.test(r)&&(e.className="special"),e.append(document.createElement("bdi")),e.firstElementChild.textContent=r,e}function Ii(r){r.classList.remove("marked"),r.setAttribute("aria-selected","false")}var Fi=150,j=class extends x{constructor(){super(...arguments);this.picture=null;this.scale="linear";this.focused=A;this.locked=!1}render(){let{text:e,picture:s}=this;if(s)return H(e.pictureHeading,e.pictureExplained,this.renderPicture(s));let n=this.shown.querySide===this.shown.keySide;return H(e.textHeading,n?e.textExplainedSelf:e.textExplained,c`<div class=${this.long?"long":""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`)}get long(){return Math.max(...this.shown.weights.shape)>Fi}renderPicture(e){let{weights:s,rows:n}=this.shown,{row:i,column:o}=this.focused;return c`
      <qkv-picture-regions
        .picture=${e}
        .name=${i===null?this.text.pictureWhole:this.text.pictureName(n[i].text)}
        .shades=${i===null?null:s.row(i)}
        .marked=${o}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `}renderSide(e){let{weights:s,querySide:n,keySide:i,rows:o,columns:a}=this.shown,{row:l,column:h}=this.focused,p=e==="row"?n:i,f=e==="row"?o:a,v=e==="row"?this.text.looking:this.text.lookedAtSide,g=this.text.sideRole(this.text.sides[p.name]??p.name,v),[$,C]=e==="row"?[h,s.column]:[l,s.row];return c`
      <h3 class="quiet">${g}</h3>
      <qkv-shaded-text
        .label=${g}
        .axis=${e}
        .pieces=${f}
        .shades=${$===null?null:C.call(s,$)}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${p.probabilities&&f.map(({tokens:_})=>Te(p,_))}
      ></qkv-shaded-text>
    `}};j.styles=[b,V,y`
      h3 {
        margin-top: 0.6rem;
      }
      .long {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
        gap: 0 3rem;
      }
      .long qkv-shaded-text {
        --size: 1.0625rem;
      }
      qkv-picture-regions {
        max-width: 30rem;
      }
    `],d([u({attribute:!1})],j.prototype,"shown",2),d([u({attribute:!1})],j.prototype,"picture",2),d([u({attribute:!1})],j.prototype,"scale",2),d([u({attribute:!1})],j.prototype,"focused",2),d([u({attribute:!1})],j.prototype,"locked",2),j=d([w("qkv-two-texts")],j);var nr=40,ir=24,Di=180,Gi={linear:.05,log:.01},U=class extends x{constructor(){super(...arguments);this.scale="linear";this.focused=A;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:s,column:n}=this.focused,[i,o]=e.shape,a=s??(n===null?0:ee(e.column(n),1)[0])??0,l=n??ee(e.row(a),1)[0]??0;return{rows:Ls(a,i),columns:Ls(l,o)}}render(){let{rows:e,columns:s}=this.parts,{querySide:n,keySide:i,weights:o}=this.shown;return c`
      <div class="columns">
        ${this.renderSide("column",i.name||this.text.lookedAtSide,s)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",n.name||this.text.looking,e)}
      </div>
      ${this.renderPart(s,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,s,{first:n,end:i}){let{rows:o,columns:a}=this.shown;return c`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${s}
      .axis=${e}
      .offset=${n}
      .pieces=${(e==="row"?o:a).slice(n,i)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:s},n){return s-e===n?m:c`<p class="quiet">${this.text.linksPart(e+1,s,n)}</p>`}updated(){let{rows:e,columns:s}=this.parts,n=ir*Math.max(e.end-e.first,s.end-s.first),[i,o]=[this.canvas,devicePixelRatio];i.style.height=`${n}px`;let a=i.clientWidth||Di;[i.width,i.height]=[a*o,n*o];let l=i.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,s),this.drawLinks(l,a,e,s)}drawLinks(e,s,n,i){let{weights:o}=this.shown,{row:a,column:l}=this.focused,h=[];for(let f=n.first;f<n.end;f++){let v=o.row(f);for(let g=i.first;g<i.end;g++)v[g]>=Gi[this.scale]&&h.push([f,g,v[g]])}h.sort((f,v)=>f[2]-v[2]);let p=a!==null||l!==null;for(let[f,v,g]of h){let $=p&&(a===null||a===f)&&(l===null||l===v);e.globalAlpha=p&&!$?.15:1,e.strokeStyle=Le(ye(.25+.75*ve(g,this.scale),E.theme)),e.lineWidth=.5+4*g,Os(e,s,v-i.first,f-n.first)}e.globalAlpha=1}drawGold(e,s,n,i){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,h],p)=>(l+h-1)/2-p.first;Os(e,s,a(o.columns,i)+.22,a(o.rows,n)+.22)}e.setLineDash([])}};U.styles=[b,y`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],d([u({attribute:!1})],U.prototype,"shown",2),d([u({attribute:!1})],U.prototype,"scale",2),d([u({attribute:!1})],U.prototype,"focused",2),d([u({attribute:!1})],U.prototype,"locked",2),d([u({attribute:!1})],U.prototype,"blocks",2),d([B("canvas")],U.prototype,"canvas",2),U=d([w("qkv-word-links")],U);function Ls(r,t){let e=Math.max(0,Math.min(t-nr,r-nr/2));return{first:e,end:Math.min(t,e+nr)}}function Os(r,t,e,s){let[n,i]=[(e+.5)*ir,(s+.5)*ir];r.beginPath(),r.moveTo(0,n),r.bezierCurveTo(t/2,n,t/2,i,t,i),r.stroke()}var I=class extends x{constructor(){super(...arguments);this.place=0;this.hover=A;this.shown=null;this.reading=!0;this.failure="";this.opening=0;this.paneChosen=({detail:e})=>{let s={...this.pane,...e},n=this.selection.panes.map((o,a)=>a===this.place?s:o),i=s.map===this.pane.map;this.ask("qkv-select",i?{panes:n}:{panes:n,...A})}}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:s}=this.locked?this.selection:this.hover,[n,i]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<n?e:null,column:s!==null&&s<i?s:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?ms(this.shown.weights):"linear")}willUpdate(e){let s=e.get("selection"),{panes:n,unit:i}=this.selection,o=JSON.stringify(s?.panes[this.place])===JSON.stringify(n[this.place]);(e.has("selection")&&!(o&&s?.unit===i)||e.has("view"))&&this.open()}async open(){let e=++this.opening;this.reading=!0,this.failure="";try{let s=await yt(this.view,this.pane,this.selection.unit);if(e!==this.opening)return;this.shown=s}catch(s){this.failure=String(s)}this.reading=!1}render(){let{view:e,shown:s}=this,{name:n,description:i,parts:o}=e.model??{},a=[n,i,o&&this.text.modelParts(o)];return c`
      <p class="model quiet">${a.filter(Boolean).join(" \xB7 ")}</p>
      ${this.failure?c`<p role="alert">${this.text.unreadable(this.failure)}</p>`:m}
      ${e.maps.length?this.renderSentence():c`<p>${this.text.noMaps}</p>`}
      ${s?this.renderFigures(s):m}
      <div class="beside">
        <qkv-outcome .view=${e} .unit=${s?.unit??"words"}></qkv-outcome>
        ${e.notes.length?this.renderSinks():m}
      </div>
    `}renderSentence(){return c`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit??this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${this.paneChosen}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.reading?null:this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `}renderFigures(e){let{scale:s,focused:n,locked:i}=this,o=Gr(this.view.gold,e),a=e.map.columns===0?this.view.picture:null;return c`
      <qkv-two-texts
        .shown=${e}
        .picture=${a}
        .scale=${s}
        .focused=${n}
        .locked=${i}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(e,o)}
        ${a?c`<qkv-picture-words .shown=${e} .picture=${a} .focused=${n}></qkv-picture-words>`:this.renderLinks(e,o)}
      </div>
      ${this.severalHeads?this.renderHeads():m}
    `}renderMap(e,s){let{gold:n}=this.view;return H(this.text.mapHeading,c`${this.text.mapExplained} ${this.renderPrecision(e)}
      ${n&&s.length?c`${this.text.goldLegend} ${this.text.aer(Qe(n.aer))}`:m}`,c`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${s}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `)}renderPrecision({weights:{precision:e,overview:s},layer:{kernel:n}}){let i=e===null?this.text.bound(...s.by):this.text.exact(Br(e));return n?`${i} ${this.text.kernel(n)}`:i}renderLinks(e,s){return H(this.text.linksHeading,this.text.linksExplained,c`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${s}
      ></qkv-word-links>`)}get severalHeads(){return this.view.maps.flatMap(({layers:e})=>e.flatMap(({heads:s})=>s)).length>1}renderHeads(){return H(this.text.headsHeading,this.text.headsExplained,c`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`)}renderSinks(){return c`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`}};I.styles=[b,V,y`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.5rem 0;
      }
      @media screen and (min-width: 45rem) and (min-height: 36rem) {
        .said {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: 0 3rem;
        align-items: start;
      }
    `],d([u({attribute:!1})],I.prototype,"view",2),d([u({attribute:!1})],I.prototype,"place",2),d([u({attribute:!1})],I.prototype,"selection",2),d([u({attribute:!1})],I.prototype,"hover",2),d([k()],I.prototype,"shown",2),d([k()],I.prototype,"reading",2),d([k()],I.prototype,"failure",2),I=d([w("qkv-view")],I);function Ws(r){let t=s=>r.filter(n=>n.do===s),e={prefix:t("force").at(-1)?.prefix,hide:t("hide").flatMap(({columns:s})=>s),heads_off:t("headOff").map(({kind:s,layer:n,head:i})=>({kind:s,layer:n,heads:[i]})),forbid:t("forbid").flatMap(Ui),pin:t("pin").flatMap(Bi)};return Object.fromEntries(Object.entries(e).filter(([,s])=>s?.length))}function Ui({rows:r,columns:t,...e}){return r.flatMap(s=>t.map(n=>({row:s,column:n,...Is(e)})))}function Bi({rows:r,columns:t,...e}){let s=Object.fromEntries(t.map(n=>[n,1/t.length]));return r.map(n=>({row:n,weights:s,...Is(e)}))}function Is({layer:r,head:t}){return{...r===null?{}:{layer:r},...t===null?{}:{heads:[t]}}}function Fs(r,t){return r.some(e=>Et(e,t))?r.filter(e=>!Et(e,t)):Ds(r,t)}var Ds=(r,t)=>[...r.filter(e=>!Et(e,t)&&!zi(e,t)),t],Et=(r,t)=>JSON.stringify(r)===JSON.stringify(t);function zi(r,t){if(r.do==="force")return t.do==="force";if(r.do==="pin"&&t.do==="pin")return Hs(r,t)&&At(r.rows,t.rows);let[e,s]=[r,t].sort((n,i)=>n.do.localeCompare(i.do));return s.do!=="pin"?!1:(e.do==="hide"||e.do==="forbid"&&Hs(e,s)&&At(e.rows,s.rows))&&At(e.columns,s.columns)}var At=(r,t)=>r.some(e=>t.includes(e));function Hs(r,t){let e=(s,n)=>s===null||n===null||s===n;return e(r.layer,t.layer)&&e(r.head,t.head)}var Gs=(r,t,e,s)=>r.some(n=>Et(n,{do:"headOff",kind:t,layer:e,head:s}));function Us(r){let t;try{t=JSON.parse(r??"[]")}catch{return[]}return(Array.isArray(t)?t.map(Vi).filter(s=>s!==null):[]).reduce(Ds,[])}function Vi(r){if(typeof r!="object"||r===null)return null;let{do:t,prefix:e,kind:s,layer:n,head:i,rows:o,columns:a}=r;if(t==="force")return typeof e=="string"?{do:t,prefix:e}:null;if(t==="hide")return or(a)?{do:t,columns:a}:null;if(t==="forbid"||t==="pin"){let[l,h]=[Ns(n),Ns(i)];return!or(o)||!or(a)?null:{do:t,rows:o,columns:a,layer:l,head:h}}return t!=="headOff"||!Ct(n)||!Ct(i)||!ji(s)?null:{do:t,kind:s,layer:n,head:i}}var Ct=r=>Number.isSafeInteger(r)&&Number(r)>=0,Ns=r=>Ct(r)?r:null,or=r=>Array.isArray(r)&&r.length>0&&r.every(Ct),ji=r=>r==="cross"||r==="encoder"||r==="decoder";var Bs={subtitle:"What did the model look at?",documentTitle:"qkv: what did the model look at?",takeTour:"Tour",largeType:"Large type",model:"Model",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:r=>`${r} attention`,withoutAttention:"one fixed vector, no attention",captions:"describes pictures",sourceHeading:"Text",sourceHint:"Type a sentence",pictureHeading:"Picture",choosePicture:"Choose a picture",dropPicture:"or drop one here. It goes to this server alone.",pictureAlt:"The picture that is described",sharedWithoutPicture:"The address holds what was changed, but no picture: choose the picture again to see it.",notAPicture:r=>`\u201C${r}\u201D is no picture.`,pictureTooLarge:r=>`\u201C${r}\u201D is larger than 8 MB.`,translation:"Translation",caption:"Caption",before:"Before",after:"After",unchangedText:"The same text as before.",working:"Working \u2026",empty:"Nothing to translate yet.",wordHint:"Choose a word to see how it came about and to try another.",score:r=>`score ${r}`,scoreExplained:"Log-probability after the length penalty: nearer to 0 is better.",alternativesHeading:"The beam\u2019s results",alternativesExplained:"The search kept several texts. Choose one to see what the model looked at for it.",best:"best",stepsHeading:"What if",takeBack:"Take back",takeAllBack:"Take all back",steps:{force:r=>`The text begins with \u201C${r}\u201D`,hide:r=>`\u201C${r}\u201D is hidden`,forbid:(r,t)=>`${r} may not look at \u201C${t}\u201D`,pin:(r,t)=>`${r} looks at \u201C${t}\u201D alone`,headOff:(r,t,e)=>`${{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"}[r]}, layer ${t}: head ${e} is off`},atWord:(r,t)=>`\u201C${t}\u201D (token ${r})`,atToken:r=>`Token ${r}`,region:r=>`region ${r}`,inHead:(r,t)=>` (${[r===null?"all layers":`layer ${r}`,t===null?"all heads":`head ${t}`].join(", ")})`,textIsNew:"The text is a new one: what was changed in the old one has been taken back.",copyAddress:"Copy address",addressCopied:"The address is copied. It holds text and changes.",addressNotCopied:"The browser does not let the page copy; copy it from the address bar.",chosenHeading:"Chosen",nothingChosen:"Choose a word of either side, or a cell of the map. What it looked at, how the number came about and what you can change will stand here.",lookedAt:r=>`\u201C${r}\u201D looked at`,sourceWord:r=>`Source word \u201C${r}\u201D`,hide:"Hide it",hidden:"Hidden; show it again",onlyHere:"Only here",onlyHereFull:(r,t)=>`Let \u201C${r}\u201D look at \u201C${t}\u201D alone`,notHere:"Not here",notHereFull:(r,t)=>`Forbid \u201C${r}\u201D to look at \u201C${t}\u201D`,onlyShown:"In the layer and head shown only",sayInstead:"Likeliest words here",sayInsteadHint:"Choose one, and the model goes on from there.",sayTyped:"Or another word",say:"Say it",letGo:"Let go",tokensOfWord:"Tokens of the word",severalTokens:r=>`The word is ${r} tokens; above stands their mean, below the one chosen:`,headsHeading:"Switch heads off",headsExplained:"A head that is off sees nothing and adds nothing.",headsOf:{cross:"Cross-attention",encoder:"Encoder",decoder:"Decoder"},layer:r=>`layer ${r}`,switchOff:(r,t,e)=>`${r}, layer ${t}, head ${e}: off`,explainHeading:"How the numbers came about",explainOf:(r,t,e,s)=>`\u201C${r}\u201D, step ${t}, layer ${e}, head ${s}`,headChosen:"the head that looked hardest",stages:{query:"1. The query",products:"2. Compared with each key",weights:"3. Softmax: weights",values:"4. What the values brought",prediction:"5. The next word"},queryOf:{cross:r=>`The decoder\u2019s state at step ${r} asks: what do I need now?`,encoder:r=>`Position ${r} of the source asks all positions of the source.`,decoder:r=>`Step ${r} asks the words said so far.`},dimension:r=>`dim. ${r}`,withKey:r=>`With the key of \u201C${r}\u201D:`,bias:"Bias",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"Key",product:"q \xB7 k",scaled:r=>`\xD7 ${r}`,score_:"Score",exp:"exp",weight:"Weight",others:r=>`${r} others`,hiddenKeys:r=>`${r} more could not be seen.`,restOfProducts:r=>`other ${r}`,softmaxSum:(r,t)=>`Each score, less the largest (${r}), goes through exp; a weight is that over the sum of all, ${t}.`,hardAttention:"Hard attention: the likeliest key alone has weight.",pinnedRow:"These weights were given from outside; the softmax is what the model would have used.",broughtExplained:r=>`Weight times value, added up, is the context: ${r} numbers. The largest:`,context:"Context",predictionExplained:(r,t)=>`Probability ${r}, rank ${t} in the vocabulary.`,oneVector:"This model read its source as one vector: there was nothing to compare and to choose from.",fullPage:"As a page of text, as qkv explain prints it",tokenHeading:"This server asks for a token",tokenExplained:"Whoever started the server knows it. It is kept until this tab is closed.",tokenLabel:"Token",tokenWrong:"That was not this server\u2019s token.",tokenSend:"Go on",failures:{0:"The server does not answer. Is it still running?",401:"This server asks for a token.",403:"The token is not this server\u2019s.",404:"The server has nothing of that name.",408:"The server took too long. Try a shorter text.",413:"That is too much at once. Try a shorter text or a smaller picture.",429:"Too many requests. Wait a moment and change something.",503:"The server is busy or stopping. Wait a moment and change something.",504:"The server took too long. Try a shorter text."},failure:r=>`The server could not do it (${r}).`,serversWords:r=>r,tryAgain:"Try again",tourHeading:"Tour",tourStep:(r,t)=>`Step ${r} of ${t}`,next:"Next",back:"Back",end:"End",tourLacks:r=>`No model that is served ${r}; run \u201Cqkv demo --serve\u201D to have it.`,lacks:{fixed:"reads its source as one fixed vector",attention:"is an RNN with attention",transformer:"is a Transformer"},tour:[{title:"One fixed vector",text:["A Seq2Seq model\u2019s encoder reads the whole sentence into one vector c; all that the decoder knows of the source is in it. Read the translation of this long sentence: what got lost or mixed up? That is the bottleneck.","There is nothing to look at here: no map, no weights. Type a short sentence and see that it does better."]},{title:"Attention",text:["The same RNN, but it keeps every hidden state h\u2081 \u2026 h\u2099, and at each step the decoder weighs them anew. Point at a word of the translation: the darker a source word, the more weight it received.","Weights of a row sum to 1. They change with every word that is said: that is selective focus."]},{title:"Query, key, value",text:["One word is chosen. The card shows how its weights came about: the decoder\u2019s state is the query, each hidden state a key; their products go through softmax; the values, the same hidden states, are added up with these weights.","Follow one number from product to weight. In the article\u2019s words: e = s\u1D40h, \u03B1 = softmax(e), c = \u03A3 \u03B1 h."]},{title:"Self-attention",text:["A Transformer\u2019s encoder: queries, keys and values all come from the source itself. Each word looks at the others and takes from them what it needs.","Choose a row of the map. Several heads look at several things at once; see them all below."]},{title:"Cross-attention, and what if",text:["Here the queries come from the decoder, keys and values from the encoder. Now change something: \u5496\u5561 is hidden from all attention. Compare before and after: the model has to guess it.","Take it back, force another word, forbid a look or switch a head off, and see how sure the model still is."]}]};var zs={cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668",decoder:"\u89E3\u7801\u5668"},Vs={subtitle:"\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",documentTitle:"qkv\uFF1A\u6A21\u578B\u770B\u4E86\u54EA\u91CC\uFF1F",takeTour:"\u5BFC\u89C8",largeType:"\u5927\u5B57",model:"\u6A21\u578B",architectures:{rnn:"RNN",transformer:"Transformer"},withAttention:r=>`${Gt(r)}\u6CE8\u610F\u529B`,withoutAttention:"\u5355\u4E00\u56FA\u5B9A\u5411\u91CF\uFF0C\u65E0\u6CE8\u610F\u529B",captions:"\u63CF\u8FF0\u56FE\u7247",sourceHeading:"\u539F\u6587",sourceHint:"\u8F93\u5165\u4E00\u53E5\u8BDD",pictureHeading:"\u56FE\u7247",choosePicture:"\u9009\u62E9\u56FE\u7247",dropPicture:"\u6216\u62D6\u5230\u8FD9\u91CC\u3002\u56FE\u7247\u53EA\u4F1A\u53D1\u9001\u5230\u8FD9\u53F0\u670D\u52A1\u5668\u3002",pictureAlt:"\u8981\u63CF\u8FF0\u7684\u56FE\u7247",sharedWithoutPicture:"\u7F51\u5740\u91CC\u6709\u6539\u52A8\uFF0C\u4F46\u6CA1\u6709\u56FE\u7247\uFF1A\u8BF7\u91CD\u65B0\u9009\u62E9\u56FE\u7247\u540E\u67E5\u770B\u3002",notAPicture:r=>`\u201C${r}\u201D\u4E0D\u662F\u56FE\u7247\u3002`,pictureTooLarge:r=>`\u201C${r}\u201D\u8D85\u8FC7\u4E86 8 MB\u3002`,translation:"\u8BD1\u6587",caption:"\u63CF\u8FF0",before:"\u6539\u52A8\u524D",after:"\u6539\u52A8\u540E",unchangedText:"\u6587\u672C\u4E0E\u6539\u52A8\u524D\u76F8\u540C\u3002",working:"\u6B63\u5728\u8BA1\u7B97\u2026\u2026",empty:"\u8FD8\u6CA1\u6709\u8981\u7FFB\u8BD1\u7684\u5185\u5BB9\u3002",wordHint:"\u70B9\u4E00\u4E2A\u8BCD\uFF0C\u770B\u5B83\u662F\u600E\u4E48\u6765\u7684\uFF0C\u4E5F\u53EF\u4EE5\u6362\u6210\u522B\u7684\u8BCD\u3002",score:r=>`\u5F97\u5206 ${r}`,scoreExplained:"\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\uFF0C\u8D8A\u63A5\u8FD1 0 \u8D8A\u597D\u3002",alternativesHeading:"\u675F\u641C\u7D22\u7684\u7ED3\u679C",alternativesExplained:"\u641C\u7D22\u4FDD\u7559\u4E86\u51E0\u6761\u5019\u9009\u3002\u9009\u4E00\u6761\uFF0C\u770B\u6A21\u578B\u4E3A\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3002",best:"\u6700\u4F18",stepsHeading:"\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837",takeBack:"\u64A4\u9500",takeAllBack:"\u5168\u90E8\u64A4\u9500",steps:{force:r=>`\u4EE5\u201C${r}\u201D\u5F00\u5934`,hide:r=>`\u9690\u85CF\u201C${r}\u201D`,forbid:(r,t)=>`${r}\u4E0D\u8BB8\u770B\u201C${t}\u201D`,pin:(r,t)=>`${r}\u53EA\u770B\u201C${t}\u201D`,headOff:(r,t,e)=>`${zs[r]}\u7B2C ${t} \u5C42\uFF1A\u5173\u95ED\u7B2C ${e} \u5934`},atWord:(r,t)=>`\u201C${t}\u201D\uFF08\u7B2C ${r} \u4E2A token\uFF09`,atToken:r=>`\u7B2C ${r} \u4E2A token `,region:r=>`\u533A\u57DF ${r}`,inHead:(r,t)=>`\uFF08${[r===null?"\u6240\u6709\u5C42":`\u7B2C ${r} \u5C42`,t===null?"\u6240\u6709\u5934":`\u7B2C ${t} \u5934`].join("\uFF0C")}\uFF09`,textIsNew:"\u539F\u6587\u53D8\u4E86\uFF0C\u5BF9\u65E7\u539F\u6587\u7684\u6539\u52A8\u5DF2\u64A4\u9500\u3002",copyAddress:"\u590D\u5236\u7F51\u5740",addressCopied:"\u7F51\u5740\u5DF2\u590D\u5236\uFF0C\u5176\u4E2D\u5305\u542B\u6587\u672C\u548C\u6539\u52A8\u3002",addressNotCopied:"\u6D4F\u89C8\u5668\u4E0D\u5141\u8BB8\u7F51\u9875\u590D\u5236\uFF0C\u8BF7\u4ECE\u5730\u5740\u680F\u590D\u5236\u3002",chosenHeading:"\u9009\u4E2D",nothingChosen:"\u70B9\u9009\u4EFB\u610F\u4E00\u4FA7\u7684\u8BCD\uFF0C\u6216\u70ED\u529B\u56FE\u4E2D\u7684\u4E00\u683C\u3002\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u8FD9\u4E2A\u6570\u600E\u4E48\u7B97\u51FA\u6765\u7684\u3001\u53EF\u4EE5\u6539\u4EC0\u4E48\uFF0C\u90FD\u4F1A\u663E\u793A\u5728\u8FD9\u91CC\u3002",lookedAt:r=>`\u201C${r}\u201D\u5173\u6CE8\u4E86`,sourceWord:r=>`\u539F\u6587\u7684\u8BCD\u201C${r}\u201D`,hide:"\u9690\u85CF",hidden:"\u5DF2\u9690\u85CF\uFF0C\u70B9\u6B64\u6062\u590D",onlyHere:"\u53EA\u770B\u8FD9\u91CC",onlyHereFull:(r,t)=>`\u8BA9\u201C${r}\u201D\u53EA\u770B\u201C${t}\u201D`,notHere:"\u4E0D\u770B\u8FD9\u91CC",notHereFull:(r,t)=>`\u4E0D\u8BB8\u201C${r}\u201D\u770B\u201C${t}\u201D`,onlyShown:"\u53EA\u6539\u5F53\u524D\u663E\u793A\u7684\u5C42\u548C\u5934",sayInstead:"\u6B64\u5904\u6700\u53EF\u80FD\u7684\u8BCD",sayInsteadHint:"\u9009\u4E00\u4E2A\uFF0C\u6A21\u578B\u4F1A\u4ECE\u90A3\u91CC\u63A5\u7740\u5F80\u4E0B\u8BF4\u3002",sayTyped:"\u6216\u8005\u53E6\u4E00\u4E2A\u8BCD",say:"\u5C31\u8BF4\u5B83",letGo:"\u53D6\u6D88\u9009\u62E9",tokensOfWord:"\u8FD9\u4E2A\u8BCD\u7684 token",severalTokens:r=>`\u8FD9\u4E2A\u8BCD\u7531 ${r} \u4E2A token \u7EC4\u6210\uFF1B\u4E0A\u9762\u662F\u5E73\u5747\u503C\uFF0C\u4E0B\u9762\u662F\u9009\u4E2D\u7684\u8FD9\u4E2A\uFF1A`,headsHeading:"\u5173\u95ED\u6CE8\u610F\u529B\u5934",headsExplained:"\u5173\u95ED\u7684\u5934\u4EC0\u4E48\u4E5F\u770B\u4E0D\u5230\uFF0C\u4E5F\u4E0D\u518D\u6709\u8D21\u732E\u3002",headsOf:zs,layer:r=>`\u7B2C ${r} \u5C42`,switchOff:(r,t,e)=>`${r}\uFF0C\u7B2C ${t} \u5C42\uFF0C\u7B2C ${e} \u5934\uFF1A\u5173\u95ED`,explainHeading:"\u8FD9\u4E9B\u6570\u662F\u600E\u4E48\u7B97\u51FA\u6765\u7684",explainOf:(r,t,e,s)=>`\u201C${r}\u201D\uFF0C\u7B2C ${t} \u6B65\uFF0C\u7B2C ${e} \u5C42\uFF0C\u7B2C ${s} \u5934`,headChosen:"\u770B\u5F97\u6700\u4E13\u6CE8\u7684\u5934",stages:{query:"1. \u67E5\u8BE2\uFF08Query\uFF09",products:"2. \u4E0E\u6BCF\u4E2A\u952E\uFF08Key\uFF09\u6BD4\u8F83",weights:"3. softmax \u5F97\u5230\u6743\u91CD",values:"4. \u503C\uFF08Value\uFF09\u5E26\u6765\u4E86\u4EC0\u4E48",prediction:"5. \u4E0B\u4E00\u4E2A\u8BCD"},queryOf:{cross:r=>`\u89E3\u7801\u5668\u5728\u7B2C ${r} \u6B65\u7684\u72B6\u6001\u5728\u95EE\uFF1A\u6211\u73B0\u5728\u9700\u8981\u4EC0\u4E48\uFF1F`,encoder:r=>`\u539F\u6587\u7B2C ${r} \u4E2A\u4F4D\u7F6E\u5411\u539F\u6587\u7684\u6240\u6709\u4F4D\u7F6E\u53D1\u51FA\u67E5\u8BE2\u3002`,decoder:r=>`\u7B2C ${r} \u6B65\u5411\u5DF2\u7ECF\u8BF4\u51FA\u7684\u8BCD\u53D1\u51FA\u67E5\u8BE2\u3002`},dimension:r=>`\u7EF4 ${r}`,withKey:r=>`\u4E0E\u201C${r}\u201D\u7684\u952E\uFF1A`,bias:"\u504F\u7F6E",formulas:{dot:"q \xB7 k","scaled dot":"q \xB7 k / \u221Ad",general:"(W q) \xB7 k",additive:"v \xB7 tanh(W q + U k)"},key:"\u952E",product:"q \xB7 k",scaled:r=>`\xD7 ${r}`,score_:"\u5206\u6570",exp:"exp",weight:"\u6743\u91CD",others:r=>`\u5176\u4F59 ${r} \u4E2A`,hiddenKeys:r=>`\u53E6\u6709 ${r} \u4E2A\u770B\u4E0D\u5230\u3002`,restOfProducts:r=>`\u5176\u4F59 ${r} \u4E2A`,softmaxSum:(r,t)=>`\u6BCF\u4E2A\u5206\u6570\u51CF\u53BB\u6700\u5927\u5206\u6570\uFF08${r}\uFF09\u540E\u53D6 exp\uFF0C\u518D\u9664\u4EE5\u603B\u548C ${t}\uFF0C\u5C31\u662F\u6743\u91CD\u3002`,hardAttention:"\u786C\u6CE8\u610F\u529B\uFF1A\u53EA\u6709\u6700\u53EF\u80FD\u7684\u952E\u6709\u6743\u91CD\u3002",pinnedRow:"\u8FD9\u4E9B\u6743\u91CD\u7531\u5916\u90E8\u7ED9\u5B9A\uFF1Bsoftmax \u662F\u6A21\u578B\u672C\u6765\u4F1A\u7528\u7684\u503C\u3002",broughtExplained:r=>`\u6743\u91CD\u4E58\u4EE5\u503C\u518D\u76F8\u52A0\uFF0C\u5C31\u662F\u4E0A\u4E0B\u6587\u5411\u91CF\uFF0C\u5171 ${r} \u4E2A\u6570\u3002\u6700\u5927\u7684\u51E0\u4E2A\uFF1A`,context:"\u4E0A\u4E0B\u6587",predictionExplained:(r,t)=>`\u6982\u7387 ${r}\uFF0C\u5728\u8BCD\u8868\u4E2D\u6392\u7B2C ${t}\u3002`,oneVector:"\u8FD9\u4E2A\u6A21\u578B\u628A\u539F\u6587\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF\uFF1A\u6CA1\u6709\u53EF\u6BD4\u8F83\u3001\u53EF\u9009\u62E9\u7684\u5BF9\u8C61\u3002",fullPage:"\u6587\u672C\u7248\uFF0C\u4E0E qkv explain \u7684\u8F93\u51FA\u76F8\u540C",tokenHeading:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C",tokenExplained:"\u542F\u52A8\u670D\u52A1\u5668\u7684\u4EBA\u77E5\u9053\u4EE4\u724C\u3002\u5B83\u53EA\u4FDD\u7559\u5230\u5173\u95ED\u6B64\u6807\u7B7E\u9875\u4E3A\u6B62\u3002",tokenLabel:"\u4EE4\u724C",tokenWrong:"\u4EE4\u724C\u4E0D\u5BF9\u3002",tokenSend:"\u7EE7\u7EED",failures:{0:"\u670D\u52A1\u5668\u6CA1\u6709\u56DE\u5E94\u3002\u5B83\u8FD8\u5728\u8FD0\u884C\u5417\uFF1F",401:"\u8FD9\u53F0\u670D\u52A1\u5668\u9700\u8981\u4EE4\u724C\u3002",403:"\u4EE4\u724C\u4E0D\u5BF9\u3002",404:"\u670D\u52A1\u5668\u4E0A\u6CA1\u6709\u8FD9\u4E2A\u540D\u79F0\u3002",408:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002",413:"\u4E00\u6B21\u53D1\u9001\u7684\u5185\u5BB9\u592A\u591A\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u6216\u5C0F\u4E00\u4E9B\u7684\u56FE\u7247\u3002",429:"\u8BF7\u6C42\u592A\u591A\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",503:"\u670D\u52A1\u5668\u6B63\u5FD9\u6216\u6B63\u5728\u505C\u6B62\uFF0C\u8BF7\u7A0D\u7B49\u7247\u523B\u518D\u4FEE\u6539\u3002",504:"\u670D\u52A1\u5668\u7528\u65F6\u8FC7\u957F\uFF0C\u8BF7\u6362\u77ED\u4E00\u4E9B\u7684\u6587\u672C\u3002"},failure:r=>`\u670D\u52A1\u5668\u65E0\u6CD5\u5B8C\u6210\uFF08${r}\uFF09\u3002`,serversWords:r=>`\u670D\u52A1\u5668\u7684\u8BF4\u660E\uFF08\u82F1\u6587\uFF09\uFF1A${r}`,tryAgain:"\u91CD\u8BD5",tourHeading:"\u5BFC\u89C8",tourStep:(r,t)=>`\u7B2C ${r} \u6B65\uFF0C\u5171 ${t} \u6B65`,next:"\u4E0B\u4E00\u6B65",back:"\u4E0A\u4E00\u6B65",end:"\u7ED3\u675F",tourLacks:r=>`\u5F53\u524D\u6CA1\u6709${r}\u7684\u6A21\u578B\uFF1B\u8FD0\u884C\u201Cqkv demo --serve\u201D\u5373\u53EF\u3002`,lacks:{fixed:"\u628A\u539F\u6587\u8BFB\u6210\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",attention:"\u5E26\u6CE8\u610F\u529B\u7684 RNN ",transformer:"Transformer \u67B6\u6784"},tour:[{title:"\u4E00\u4E2A\u56FA\u5B9A\u5411\u91CF",text:["\u4F20\u7EDF Seq2Seq \u7684\u7F16\u7801\u5668\u628A\u6574\u53E5\u8BDD\u8BFB\u6210\u4E00\u4E2A\u5411\u91CF c\uFF0C\u89E3\u7801\u5668\u5BF9\u539F\u6587\u7684\u5168\u90E8\u4E86\u89E3\u90FD\u5728\u5176\u4E2D\u3002\u770B\u770B\u8FD9\u4E2A\u957F\u53E5\u7684\u8BD1\u6587\uFF1A\u4E22\u4E86\u4EC0\u4E48\u3001\u9519\u4E86\u4EC0\u4E48\uFF1F\u8FD9\u5C31\u662F\u201C\u7F16\u7801\u74F6\u9888\u201D\u3002","\u8FD9\u91CC\u6CA1\u6709\u53EF\u770B\u7684\u6CE8\u610F\u529B\uFF1A\u6CA1\u6709\u70ED\u529B\u56FE\uFF0C\u4E5F\u6CA1\u6709\u6743\u91CD\u3002\u6362\u4E00\u4E2A\u77ED\u53E5\u8BD5\u8BD5\uFF0C\u4F1A\u597D\u5F97\u591A\u3002"]},{title:"\u6CE8\u610F\u529B",text:["\u540C\u6837\u7684 RNN\uFF0C\u4F46\u4FDD\u7559\u4E86\u6BCF\u4E2A\u65F6\u95F4\u6B65\u7684\u9690\u85CF\u72B6\u6001 h\u2081 \u2026 h\u2099\uFF0C\u89E3\u7801\u5668\u6BCF\u4E00\u6B65\u90FD\u91CD\u65B0\u7ED9\u5B83\u4EEC\u5206\u914D\u6743\u91CD\u3002\u628A\u9F20\u6807\u79FB\u5230\u8BD1\u6587\u7684\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u539F\u6587\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002","\u6BCF\u4E00\u884C\u7684\u6743\u91CD\u4E4B\u548C\u4E3A 1\uFF0C\u5E76\u968F\u7740\u8BF4\u51FA\u7684\u6BCF\u4E2A\u8BCD\u800C\u53D8\u5316\uFF0C\u8FD9\u5C31\u662F\u201C\u9009\u62E9\u6027\u805A\u7126\u201D\u3002"]},{title:"\u67E5\u8BE2\u3001\u952E\u3001\u503C\uFF08Q\u3001K\u3001V\uFF09",text:["\u5DF2\u9009\u4E2D\u4E00\u4E2A\u8BCD\u3002\u5361\u7247\u5217\u51FA\u5B83\u7684\u6743\u91CD\u600E\u4E48\u6765\u7684\uFF1A\u89E3\u7801\u5668\u72B6\u6001\u662F Query\uFF0C\u6BCF\u4E2A\u9690\u85CF\u72B6\u6001\u662F Key\uFF0C\u4E8C\u8005\u7684\u70B9\u79EF\u7ECF\u8FC7 softmax\uFF0C\u518D\u6309\u8FD9\u4E9B\u6743\u91CD\u628A Value\uFF08\u540C\u6837\u662F\u9690\u85CF\u72B6\u6001\uFF09\u52A0\u8D77\u6765\u3002","\u8DDF\u7740\u4E00\u4E2A\u6570\u8D70\uFF0C\u4ECE\u70B9\u79EF\u5230\u6743\u91CD\u3002\u7528\u6587\u7AE0\u7684\u8BDD\u8BF4\uFF1Ae = s\u1D40h\uFF0C\u03B1 = softmax(e)\uFF0Cc = \u03A3 \u03B1 h\u3002"]},{title:"\u81EA\u6CE8\u610F\u529B",text:["Transformer \u7684\u7F16\u7801\u5668\uFF1AQuery\u3001Key\u3001Value \u90FD\u6765\u81EA\u539F\u6587\u81EA\u8EAB\u3002\u6BCF\u4E2A\u8BCD\u770B\u5176\u4ED6\u7684\u8BCD\uFF0C\u53D6\u8D70\u81EA\u5DF1\u9700\u8981\u7684\u4FE1\u606F\u3002","\u70B9\u9009\u70ED\u529B\u56FE\u7684\u4E00\u884C\u3002\u591A\u4E2A\u5934\u540C\u65F6\u770B\u4E0D\u540C\u7684\u4E1C\u897F\uFF0C\u4E0B\u65B9\u53EF\u4EE5\u770B\u5230\u6240\u6709\u7684\u5934\u3002"]},{title:"\u4EA4\u53C9\u6CE8\u610F\u529B\u4E0E\u201C\u5982\u679C\u2026\u2026\u4F1A\u600E\u6837\u201D",text:["\u8FD9\u91CC Query \u6765\u81EA\u89E3\u7801\u5668\uFF0CKey \u548C Value \u6765\u81EA\u7F16\u7801\u5668\u3002\u73B0\u5728\u6539\u4E00\u6539\uFF1A\u201C\u5496\u5561\u201D\u5BF9\u6240\u6709\u6CE8\u610F\u529B\u90FD\u9690\u85CF\u4E86\u3002\u6BD4\u8F83\u6539\u52A8\u524D\u540E\uFF1A\u6A21\u578B\u53EA\u80FD\u731C\u3002","\u64A4\u9500\u5B83\uFF0C\u518D\u5F3A\u5236\u6362\u4E00\u4E2A\u8BCD\u3001\u7981\u6B62\u4E00\u6B21\u5173\u6CE8\uFF0C\u6216\u5173\u95ED\u4E00\u4E2A\u5934\uFF0C\u770B\u6A21\u578B\u8FD8\u6709\u591A\u5927\u628A\u63E1\u3002"]}]};var Ki={en:Bs,zh:Vs},P=class extends x{get say(){return Ki[E.language]}};var M=y`
  :host {
    --raised: color-mix(in srgb, var(--ink) 5%, var(--paper));
  }
  label,
  .label,
  h2 {
    display: block;
    font: 400 0.875rem/1.5 var(--sans);
    color: var(--quiet);
  }
  h2 {
    color: var(--ink);
    font-weight: 600;
  }
  h3:lang(zh) {
    font-style: normal !important;
  }
  button.plain {
    text-decoration: underline;
    text-underline-offset: 0.15em;
    text-decoration-color: var(--quiet);
  }
  button.plain:hover {
    text-decoration-color: var(--accent);
    color: var(--accent);
  }
  button.chip {
    border: 1px solid var(--quiet);
    border-radius: 1em;
    padding: 0.1em 0.7em;
    min-height: 1.75rem;
    font-size: 0.875rem;
  }
  button.chip:hover {
    border-color: var(--accent);
    color: var(--accent);
  }
  button.chip[aria-pressed="true"] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  input[type="text"],
  input[type="password"] {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 0;
    border-bottom: 1px solid var(--quiet);
    padding: 0.2em 0.4em;
    min-width: 0;
  }
  progress {
    appearance: none;
    border: 0;
    height: 0.75em;
    background: var(--rule);
  }
  progress::-webkit-progress-bar {
    background: var(--rule);
  }
  progress::-webkit-progress-value {
    background: var(--weight);
  }
  progress::-moz-progress-bar {
    background: var(--weight);
  }
  summary {
    cursor: pointer;
    font-size: 0.875rem;
  }
`,js=y`
  :root[data-size="large"] {
    font-size: 150%;
  }
`;var q=r=>r.toFixed(Math.abs(r)<10?3:1).replace("-","\u2212"),we=class extends P{constructor(){super(...arguments);this.column=null}render(){let{explained:e,text:s}=this.explanation,{look:n}=e;return c`
      <h3>${this.say.explainHeading}</h3>
      ${n?this.renderLook(e,n):c`<p>${this.say.oneVector}</p>`}
      ${this.renderPrediction(e)}
      <details>
        <summary>${this.say.fullPage}</summary>
        <pre tabindex="0">${s}</pre>
      </details>
    `}renderLook(e,s){let n=this.keyOf(s),{token:i,step:o,layer:a,head:l,head_count:h}=e;return c`
      <p class="quiet">${this.say.explainOf(O(i),o,a??0,l??0)}${h>1&&!e.head_named?`: ${this.say.headChosen}`:m}</p>
      <h4>${this.say.stages.query}</h4>
      <p>${this.say.queryOf[e.kind](o)}</p>
      <h4>${this.say.stages.products}</h4>
      ${n?this.renderProducts(s,n):m}
      <h4>${this.say.stages.weights}</h4>
      ${this.renderWeights(s,n)}
      <h4>${this.say.stages.values}</h4>
      ${n?this.renderValues(s,n):m}
    `}keyOf({keys:e}){return e.find(n=>n.number-1===this.column)??e.reduce((n,i)=>n&&n.weight>=i.weight?n:i,void 0)}renderProducts(e,s){return c`
      <p>${this.say.withKey(O(s.token))} <span class="formula">${this.say.formulas[e.score]??e.score}</span></p>
      <table class="sum">
        ${s.products.map((n,i)=>c`<tr>
            <th scope="row">${this.say.dimension(e.dimensions[i])}</th>
            <td class="number">${this.factors(e,s,i)} =</td>
            <td class="number">${q(n)}</td>
          </tr>`)}
        ${s.products.length&&e.other_dimensions?c`<tr>
              <th scope="row">${this.say.restOfProducts(e.other_dimensions)}</th>
              <td></td>
              <td class="number">${q(s.rest)}</td>
            </tr>`:m}
        <tr class="total">
          <th scope="row">${this.say.product}</th>
          <td></td>
          <td class="number">${q(s.product)}</td>
        </tr>
        ${e.scale===1?m:this.line(this.say.scaled(q(e.scale)),s.product*e.scale)}
        ${s.bias===0?m:this.line(this.say.bias,s.bias)}
        ${e.scale===1&&s.bias===0?m:this.line(this.say.score_,s.score,"total")}
      </table>
    `}factors({score:e,dimensions:s,query:n,energy:i},o,a){let l=n[s[a]-1];return e==="additive"?`${q(i[a])} \xD7 tanh(${q(l)} + ${q(o.numbers[a])})`:`${q(l)} \xD7 ${q(o.numbers[a])}`}line(e,s,n=""){return c`<tr class=${n||m}>
      <th scope="row">${e}</th>
      <td></td>
      <td class="number">${q(s)}</td>
    </tr>`}renderWeights(e,s){return c`
      <p>${this.say.softmaxSum(q(e.shift),q(e.total))}</p>
      ${e.hard?c`<p>${this.say.hardAttention}</p>`:m}
      ${e.pinned?c`<p>${this.say.pinnedRow}</p>`:m}
      <table>
        <thead>
          <tr>
            <th scope="col">${this.say.key}</th>
            <th scope="col" class="number">${this.say.score_}</th>
            <th scope="col" class="number">${this.say.exp}</th>
            ${e.pinned||e.hard?c`<th scope="col" class="number">softmax</th>`:m}
            <th scope="col" class="number">${this.say.weight}</th>
          </tr>
        </thead>
        <tbody>
          ${e.keys.map(n=>c`<tr class=${n===s?"chosen":m}>
              <th scope="row"><bdi>${O(n.token)}</bdi></th>
              <td class="number">${q(n.score)}</td>
              ${this.renderShares(e,n)}
            </tr>`)}
          ${e.others?c`<tr>
                <th scope="row">${this.say.others(e.others.count)}</th>
                <td></td>
                ${this.renderShares(e,e.others)}
              </tr>`:m}
        </tbody>
      </table>
      ${e.hidden?c`<p class="quiet">${this.say.hiddenKeys(e.hidden)}</p>`:m}
    `}renderShares(e,{exp:s,share:n,weight:i}){return c`
      <td class="number">${q(s)}</td>
      ${e.pinned||e.hard?c`<td class="number">${q(n)}</td>`:m}
      <td class="number weight"><progress value=${i} aria-hidden="true"></progress> ${q(i)}</td>
    `}renderValues(e,s){return c`
      <p>${this.say.broughtExplained(e.value_width)}</p>
      <table>
        <thead>
          <tr>
            <th></th>
            <th scope="col" class="number"><bdi>${O(s.token)}</bdi></th>
            <th scope="col" class="number">${this.say.context}</th>
          </tr>
        </thead>
        <tbody>
          ${e.value_dimensions.map((n,i)=>c`<tr>
              <th scope="row">${this.say.dimension(n)}</th>
              <td class="number">${q(s.brought[i])}</td>
              <td class="number">${q(e.context[n-1])}</td>
            </tr>`)}
        </tbody>
      </table>
    `}renderPrediction({prediction:e}){return e?c`
      <h4>${this.say.stages.prediction}</h4>
      <p>
        <bdi class="said">${O(e.token)}</bdi>:
        ${this.say.predictionExplained(z(e.probability),e.rank)}
      </p>
    `:m}};we.styles=[b,M,y`
      :host {
        container-type: inline-size;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 1rem;
      }
      h4 {
        font-weight: 600;
        font-size: 0.875rem;
        margin: 0.75rem 0 0;
      }
      p {
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
        font-size: 0.875rem;
        margin: 0.25rem 0;
        width: 100%;
      }
      th {
        font-weight: 400;
        color: var(--quiet);
        text-align: start;
        padding: 0.1rem 0.5rem 0.1rem 0;
        overflow-wrap: anywhere;
      }
      tbody th bdi,
      .said {
        font: 400 1rem/1.4 var(--serif);
        color: var(--ink);
      }
      td.number,
      th.number {
        text-align: end;
        white-space: nowrap;
        padding-inline-start: 0.5rem;
      }
      tbody tr,
      .sum tr {
        border-top: 1px solid var(--rule);
      }
      .chosen {
        background: var(--raised);
      }
      .chosen td.weight,
      .total td,
      .total th {
        font-weight: 600;
        color: var(--ink);
      }
      .weight progress {
        width: 3.5rem;
        vertical-align: middle;
      }
      @container (max-width: 20rem) {
        .weight progress {
          display: none;
        }
        td.number,
        th.number {
          padding-inline-start: 0.2rem !important;
        }
      }
      .formula {
        font-family: var(--serif);
        font-style: italic;
      }
      pre {
        font-size: 0.75rem;
        line-height: 1.35;
        overflow-x: auto;
      }
      details {
        margin-top: 0.75rem;
      }
    `],d([u({attribute:!1})],we.prototype,"explanation",2),d([u({attribute:!1})],we.prototype,"column",2),we=d([w("qkv-explanation")],we);var ar={model:null,text:"",steps:[],alternative:0},Qi=5;function Ks({model:r,text:t,steps:e,alternative:s}){let n=new URLSearchParams;return r!==null&&n.set("model",r),t!==""&&n.set("text",t),e.length>0&&n.set("what-if",JSON.stringify(e)),s>0&&n.set("result",String(s)),n.toString()}function lr(r){let t=new URLSearchParams(r.replace(/^#/,"")),e=t.get("result")??"";return{model:t.get("model"),text:t.get("text")??"",steps:Us(t.get("what-if")),alternative:/^[0-9]$/.test(e)?Number(e):0}}function Pt({model:r,text:t,steps:e,alternative:s},n){return{...n===null?{text:t}:{image:n},...r===null?{}:{model:r},nbest:Qi,...e.length>0?{changes:Ws(e)}:{},...s>0?{alternative:s}:{}}}var Qs=r=>({...r,steps:[],alternative:0}),Js=({steps:r,alternative:t})=>r.length>0||t>0;var Ji=2e3;function Zs(r,t){let e={gone:new Set,added:new Set};if(r.length+t.length>Ji)return e;let[s,n]=[r,t].map(a=>a.map(({text:l})=>l)),[i,o]=[0,0];for(let{added:a,removed:l,count:h}of st(s,n))l&&Ys(e.gone,i,h),a&&Ys(e.added,o,h),a||(i+=h),l||(o+=h);return e}function Ys(r,t,e){for(let s=t;s<t+e;s++)r.add(s)}var Ne=1,Xs="<eos>",Yi={gone:new Set,added:new Set},F=class extends P{constructor(){super(...arguments);this.former=null;this.changedTo=null;this.captioning=!1;this.working=!1;this.unit="words";this.alternative=0;this.row=null}render(){let e=this.changedTo??this.former;return c`
      <h2>${this.captioning?this.say.caption:this.say.translation}
        <span class="quiet" role="status">${this.working?this.say.working:m}</span>
      </h2>
      ${e?this.renderTexts(e):c`<p class="quiet">${this.say.empty}</p>`}
      ${e&&e.alternatives.length>1?this.renderAlternatives(e):m}
    `}renderTexts(e){let s=this.piecesOf(e);if(!this.changedTo||!this.former)return this.renderNow(s,Yi);let n=this.piecesOf(this.former),i=Zs(n,s),o=i.gone.size+i.added.size===0;return c`
      <p class="label">${this.say.before}</p>
      <p class="text old" id="before" dir="auto">${n.map(({text:a,space:l},h)=>c`${l}<bdi class=${i.gone.has(h)?"gone":a===Xs?"end":m}>${a}</bdi>`)}</p>
      <p class="label">${this.say.after}${o?c` · ${this.say.unchangedText}`:m}</p>
      ${this.renderNow(s,i)}
    `}renderNow(e,s){return c`<p class="text" id="after" dir="auto">${e.map(({text:n,space:i},o)=>c`${i}<button
            type="button"
            class=${s.added.has(o)?"added":n===Xs?"end":m}
            title=${this.say.wordHint}
            aria-pressed=${o===this.row}
            @pointerenter=${()=>this.ask("qkv-hover",{row:o,column:null})}
            @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
            @click=${()=>this.ask("qkv-select",{row:o===this.row?null:o,column:null})}
          ><bdi>${n}</bdi></button>`)}</p>`}piecesOf(e){return D(e.sides[Ne],this.unit)}renderAlternatives({alternatives:e}){return c`
      <details ?open=${this.alternative>0}>
        <summary>${this.say.alternativesHeading}</summary>
        <p class="quiet">${this.say.alternativesExplained}</p>
        <ol>${e.map(({text:s,score:n},i)=>c`<li>
            <label class="choice">
              <input
                type="radio"
                name="alternative"
                .checked=${i===this.alternative}
                @change=${()=>this.ask("qkv-question",{alternative:i})}
              >
              <bdi>${s}</bdi>
              <span class="quiet number" title=${this.say.scoreExplained}>${this.say.score(n.toFixed(3))}${i===0?this.text.comma+this.say.best:m}</span>
            </label>
          </li>`)}</ol>
      </details>
    `}};F.styles=[b,M,y`
      .text {
        font: 400 1.375rem/1.5 var(--serif);
        overflow-wrap: anywhere;
        max-height: 40vh;
        overflow-y: auto;
        padding: 0.2rem 0;
      }
      .text button {
        padding: 0;
        border-bottom: 1px dotted var(--quiet);
        border-radius: 0;
        overflow-wrap: anywhere;
        text-align: start;
      }
      .end {
        color: var(--quiet);
        font-size: 0.75em;
        margin-inline-start: 0.4em;
      }
      .text button:hover {
        color: var(--accent);
      }
      .text button[aria-pressed="true"] {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
        border-radius: 2px;
      }
      .old {
        color: var(--quiet);
        font-size: 1.125rem;
      }
      .gone {
        text-decoration: line-through;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
      }
      .added {
        border-bottom: 3px solid var(--accent) !important;
        font-weight: 600;
      }
      details {
        margin-top: 0.5rem;
      }
      .choice {
        color: inherit;
        font-size: 1rem;
        display: flex;
        gap: 0.5em;
        align-items: baseline;
        flex-wrap: wrap;
        overflow-wrap: anywhere;
        min-height: 1.75rem;
      }
    `],d([u({attribute:!1})],F.prototype,"former",2),d([u({attribute:!1})],F.prototype,"changedTo",2),d([u({attribute:!1})],F.prototype,"captioning",2),d([u({attribute:!1})],F.prototype,"working",2),d([u({attribute:!1})],F.prototype,"unit",2),d([u({attribute:!1})],F.prototype,"alternative",2),d([u({attribute:!1})],F.prototype,"row",2),F=d([w("qkv-result")],F);var N=class extends Error{constructor(e,s){super(s);this.status=e;this.sentence=s}},en="qkv.token",hr=null;function tn(r){hr=r;try{sessionStorage.setItem(en,r)}catch{return}}function rn(){try{return hr??sessionStorage.getItem(en)}catch{return hr}}var cr=()=>rn()!==null,sn=async r=>(await dr("v1/models",void 0,r)).models,nn=(r,t)=>dr("v1/view",r,t),on=(r,t)=>dr("v1/explain",r,t);async function dr(r,t,e){let s=rn(),n=await fetch(r,{method:t?"POST":"GET",headers:{...t?{"Content-Type":"application/json"}:{},...s?{Authorization:`Bearer ${s}`}:{}},body:t&&JSON.stringify(t),signal:e}).catch(o=>{throw e.aborted?o:new N(0,String(o))}),i=await n.json().catch(o=>{throw e.aborted?o:new N(n.ok?0:n.status,n.statusText)});if(!n.ok)throw new N(n.status,Zi(i));return i}function Zi(r){let t=r?.error;return typeof t=="string"?t:""}var Xi=/[\p{L}\p{M}\p{N}]/u,eo=/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u,pr=r=>r!==void 0&&Xi.test(r)&&!eo.test(r);function an({text:r,caption:t,tokens:e},s,n){let i=[...r??t??""],[,o,a]=e[s],l=i.slice(0,o),p=!(o<a&&pr(i[o]))&&pr(l.at(-1))&&pr([...n][0])?" ":"";return l.join("")+p+n}var to=6,ro=2,ln=0,T=class extends P{constructor(){super(...arguments);this.image=null;this.model=null;this.view=null;this.result=null;this.shown=null;this.explanation=null;this.failure=null;this.token=0;this.onlyShown=!1;this.request=new AbortController;this.asked=""}get pane(){return this.selection.panes[0]}get map(){return this.view?.maps[this.pane.map]}get rowSide(){return this.map?.rows??Ne}get row(){let{row:e,unit:s}=this.selection;return e===null||!this.view?null:this.shown?.rows[e]??D(this.view.sides[this.rowSide],s)[e]??null}get column(){let{column:e}=this.selection;return e===null?null:this.shown?.columns[e]??null}disconnectedCallback(){this.request.abort(),super.disconnectedCallback()}willUpdate(e){let s=e.get("selection");e.has("selection")&&s?.row!==this.selection.row&&(this.token=0),(e.has("view")||e.has("selection"))&&this.openWeights(),this.explainRow()}async openWeights(){let{view:e,selection:s}=this,n=e?await yt(e,this.pane,s.unit):null;e===this.view&&s===this.selection&&(this.shown=n)}async explainRow(){let{row:e,pane:s,map:n}=this,i=n?.kind??"cross",o=e&&{...Pt(this.question,this.image),kind:i,step:e.tokens[0]+this.token+1,...n?{layer:s.layer}:{},...n&&s.head!==null?{head:s.head}:{},lang:E.language},a=JSON.stringify(o);if(a===this.asked||(this.asked=a,this.request.abort(),this.explanation=this.failure=null,!o))return;this.request=new AbortController;let{signal:l}=this.request;try{let h=await on(o,l);l.aborted||(this.explanation=h)}catch(h){l.aborted||(this.failure=h instanceof N?h:null)}}can(e){return this.model?.changes.includes(e)??!1}render(){let{row:e,column:s}=this;return!this.view||!e&&!s?c`<h2>${this.say.chosenHeading}</h2>
        <p class="quiet">${this.say.nothingChosen}</p>`:c`
      <h2>${this.say.chosenHeading}
        <button class="plain" type="button" @click=${()=>this.ask("qkv-select",{row:null,column:null})}>
          ${this.say.letGo}
        </button>
      </h2>
      ${s&&this.map?.columns===ln?this.renderSourceWord(s):m}
      ${e&&!s&&this.rowSide===ln?this.renderSourceWord(e):m}
      ${e?this.renderRow(e):m}
    `}renderSourceWord(e){let s=ur(e),n=this.question.steps.some(i=>i.do==="hide"&&i.columns.join()===s.join());return c`<p class="source-word">
      ${this.view?.picture?this.say.region(e.text):this.say.sourceWord(e.text)}
      ${this.can("hide")?c`<button
            class="chip"
            id="hide"
            type="button"
            aria-pressed=${n}
            @click=${()=>this.ask("qkv-change",{do:"hide",columns:s})}
          >${n?this.say.hidden:this.say.hide}</button>`:m}
    </p>`}renderRow(e){return c`
      ${this.shown?this.renderLooks(this.shown,e):m}
      ${e.tokens[1]-e.tokens[0]>1?this.renderTokens(e):m}
      ${this.rowSide===Ne&&this.can("prefix")?this.renderWords(e):m}
      ${this.explanation?c`<qkv-explanation
            .explanation=${this.explanation}
            .column=${this.column?.tokens[0]??null}
          ></qkv-explanation>`:c`<p class="quiet" role="status">${this.failure?.sentence??this.say.working}</p>`}
    `}renderLooks({weights:e,columns:s,map:n,layer:i},o){let a=this.selection.row;if(a>=e.shape[0])return m;let l=e.row(a),h=ee(l,to),{column:p}=this.selection;p!==null&&p<s.length&&!h.includes(p)&&h.push(p);let f=n.kind==="cross",v=n.layers.length>1||i.heads.length>1;return c`
      <h3>${this.say.lookedAt(o.text)}</h3>
      ${h.length?m:c`<p class="quiet">${this.text.nothingSeen}</p>`}
      <ul>${h.map(g=>this.renderLook(o,s[g],l[g],f))}</ul>
      ${f&&v&&this.can("forbid")?c`<label class="scope"><input
              type="checkbox"
              .checked=${this.onlyShown}
              @change=${({target:g})=>{this.onlyShown=g.checked}}
            > ${this.say.onlyShown}</label>`:m}
    `}renderLook(e,s,n,i){let o=this.view?.picture?this.say.region(s.text):s.text;return c`<li>
      <bdi>${o}</bdi>
      <progress value=${n} aria-hidden="true"></progress>
      <span class="number">${n.toFixed(3)}</span>
      ${i?c`
            ${this.renderChange("pin",this.say.onlyHere,this.say.onlyHereFull(e.text,o),e,s)}
            ${this.renderChange("forbid",this.say.notHere,this.say.notHereFull(e.text,o),e,s)}`:m}
    </li>`}renderChange(e,s,n,i,o){if(!this.can(e))return m;let a={do:e,rows:ur(i),columns:ur(o),layer:this.onlyShown?this.pane.layer:null,head:this.onlyShown?this.pane.head:null},l=this.question.steps.some(h=>JSON.stringify(h)===JSON.stringify(a));return c`<button
      class="chip"
      type="button"
      title=${n}
      aria-label=${n}
      aria-pressed=${l}
      @click=${()=>this.ask("qkv-change",a)}
    >${s}</button>`}renderTokens(e){let[s,n]=e.tokens;return c`<div class="tokens" role="group" aria-label=${this.say.tokensOfWord}>
      <span class="quiet">${this.say.severalTokens(n-s)}</span>
      ${this.view.sides[this.rowSide].tokens.slice(s,n).map((i,o)=>c`<button
          class="chip"
          type="button"
          aria-pressed=${o===this.token}
          @click=${()=>{this.token=o}}
        ><bdi>${O(i)}</bdi></button>`)}
    </div>`}renderWords(e){let s=this.explanation?.explained.prediction?.words??[];return c`
      <h3>${this.say.sayInstead}</h3>
      <p class="quiet">${this.say.sayInsteadHint}</p>
      <ol class="words">${s.map(n=>this.renderWord(n))}</ol>
      <form @submit=${n=>this.sayTyped(n,e)}>
        <label for="word">${this.say.sayTyped}</label>
        <input id="word" type="text" autocomplete="off" spellcheck="false" dir="auto">
        <button class="chip" type="submit">${this.say.say}</button>
      </form>
    `}renderWord(e){let s=e.id===this.explanation?.explained.prediction?.id,{text:n}=e;return c`<li>
      <button
        class="chip"
        type="button"
        aria-pressed=${s}
        ?disabled=${e.id===ro}
        @click=${()=>this.ask("qkv-change",{do:"force",prefix:n})}
      ><bdi>${O(e.token)}</bdi> <span class="number">${z(e.probability)}</span></button>
    </li>`}sayTyped(e,s){e.preventDefault();let n=this.typed.value.trim();if(n===""||!this.result)return;let i=an(this.result,s.tokens[0]+this.token,n);this.typed.value="",this.ask("qkv-change",{do:"force",prefix:i})}};T.styles=[b,M,y`
      h2 {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
      }
      h3 {
        font: italic 400 1.125rem/1.4 var(--serif);
        margin-top: 0.75rem;
        overflow-wrap: anywhere;
      }
      ul li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.5rem;
        align-items: center;
        border-top: 1px solid var(--rule);
        padding: 0.15rem 0;
      }
      ul li bdi,
      .words bdi,
      .tokens bdi {
        font: 400 1.0625rem/1.4 var(--serif);
        overflow-wrap: anywhere;
      }
      ul li bdi {
        flex: 1 1 4rem;
      }
      progress {
        width: 3.5rem;
      }
      .source-word {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.75rem;
        align-items: baseline;
        margin-top: 0.5rem;
        overflow-wrap: anywhere;
      }
      .tokens {
        align-items: baseline;
        margin-top: 0.75rem !important;
      }
      .words,
      .tokens {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .scope {
        margin-top: 0.25rem;
        min-height: 1.75rem;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 0.5rem;
      }
      form label {
        grid-column: 1 / -1;
      }
    `],d([u({attribute:!1})],T.prototype,"question",2),d([u({attribute:!1})],T.prototype,"image",2),d([u({attribute:!1})],T.prototype,"model",2),d([u({attribute:!1})],T.prototype,"view",2),d([u({attribute:!1})],T.prototype,"result",2),d([u({attribute:!1})],T.prototype,"selection",2),d([k()],T.prototype,"shown",2),d([k()],T.prototype,"explanation",2),d([k()],T.prototype,"failure",2),d([k()],T.prototype,"token",2),d([k()],T.prototype,"onlyShown",2),d([B("#word")],T.prototype,"typed",2),T=d([w("qkv-chosen")],T);var ur=({tokens:[r,t]})=>Array.from({length:t-r},(e,s)=>r+s);var so=["cross","encoder","decoder"],$e=class extends P{constructor(){super(...arguments);this.layers=null;this.steps=[]}render(){let e=so.filter(s=>this.layers?.[s]?.length);return e.length===0?m:c`
      <details ?open=${this.steps.some(s=>s.do==="headOff")}>
        <summary>${this.say.headsHeading}</summary>
        <p class="quiet">${this.say.headsExplained}</p>
        ${e.map(s=>this.renderKind(s,this.layers[s]))}
      </details>
    `}renderKind(e,s){return c`
      <h3>${this.say.headsOf[e]}</h3>
      ${s.map((n,i)=>c`<p>
          <span class="quiet">${this.say.layer(i)}</span>
          ${Array.from({length:n},(o,a)=>this.renderHead(e,i,a))}
        </p>`)}
    `}renderHead(e,s,n){let i=this.say.switchOff(this.say.headsOf[e],s,n);return c`<button
      type="button"
      class="chip number"
      title=${i}
      aria-label=${i}
      aria-pressed=${Gs(this.steps,e,s,n)}
      @click=${()=>this.ask("qkv-change",{do:"headOff",kind:e,layer:s,head:n})}
    >${n}</button>`}};$e.styles=[b,M,y`
      h3 {
        font-size: 0.875rem;
        margin-top: 0.4rem;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem;
        align-items: baseline;
        margin: 0.2rem 0;
      }
      .quiet {
        min-width: 4.5em;
      }
      button.chip {
        min-width: 1.75rem;
        padding: 0;
      }
      button.chip[aria-pressed="true"] {
        text-decoration: line-through;
      }
    `],d([u({attribute:!1})],$e.prototype,"layers",2),d([u({attribute:!1})],$e.prototype,"steps",2),$e=d([w("qkv-heads-off")],$e);var no=250,io=40,Mt=class{constructor(t,e){this.host=t;this.answered=e;this.answer={before:null,after:null};this.failure=null;this.working=!1;this.request=new AbortController;this.timer=0;this.known=new Map;t.addController(this)}hostDisconnected(){this.cancel()}ask(t,e,s=no){if(this.cancel(),(e??t.text.trim())===""){this.settle({before:null,after:null},null);return}this.working=!0,this.host.requestUpdate(),this.timer=setTimeout(()=>this.send(t,e),s)}cancel(){clearTimeout(this.timer),this.request.abort(),this.request=new AbortController,this.working=!1}async send(t,e){let{signal:s}=this.request,n=[Qs(t),...Js(t)?[t]:[]],i=await Promise.allSettled(n.map(l=>this.viewed(Pt(l,e),s)));if(s.aborted)return;let[o,a]=i.map(l=>l.status==="fulfilled"?l.value:null);this.settle({before:o,after:a??null},oo(i))}async viewed(t,e){let s=JSON.stringify(t),n=this.known.get(s);if(n)return n;let i=await nn(t,e);this.known.set(s,i);for(let o of this.known.keys())this.known.size>io&&this.known.delete(o);return i}settle(t,e){this.answer=t,this.failure=e,this.working=!1,this.answered(),this.host.requestUpdate()}};function oo(r){let t=r.find(e=>e.status==="rejected");return t?t.reason instanceof N?t.reason:new N(0,String(t.reason)):null}function hn(r){return new Promise((t,e)=>{let s=new FileReader;s.onerror=()=>e(s.error),s.onload=()=>{let n=String(s.result);t({shown:n,sent:n.slice(n.indexOf(",")+1)})},s.readAsDataURL(r)})}var K=class extends P{constructor(){super(...arguments);this.value="";this.language=null;this.pictures=!1;this.picture=null;this.over=!1}render(){return this.pictures?this.renderPicture():this.renderText()}renderText(){return c`
      <label for="text">${this.say.sourceHeading}</label>
      <textarea
        id="text"
        rows="2"
        dir="auto"
        spellcheck="false"
        lang=${this.language??m}
        placeholder=${this.say.sourceHint}
        .value=${this.value}
        @input=${({target:e})=>this.ask("qkv-question",{text:e.value})}
      ></textarea>
    `}renderPicture(){return c`
      <span class="label" id="label">${this.say.pictureHeading}</span>
      <div
        class="drop"
        data-over=${this.over}
        @dragover=${e=>{e.preventDefault(),this.over=!0}}
        @dragleave=${()=>{this.over=!1}}
        @drop=${this.dropped}
      >
        ${this.picture?c`<img src=${this.picture} alt=${this.say.pictureAlt}>`:m}
        <p>
          <label class="file">${this.say.choosePicture}
            <input class="unseen" type="file" accept="image/*" @change=${this.chosen}>
          </label>
          <span class="quiet">${this.say.dropPicture}</span>
        </p>
      </div>
    `}dropped(e){e.preventDefault(),this.over=!1,this.give(e.dataTransfer?.files[0])}chosen({target:e}){this.give(e.files?.[0])}give(e){e&&this.ask("qkv-picture",e)}};K.styles=[b,M,y`
      textarea {
        display: block;
        width: 100%;
        min-height: 4.5rem;
        field-sizing: content;
        max-height: 40vh;
        resize: vertical;
        font: 400 1.375rem/1.5 var(--serif);
        color: inherit;
        background: var(--raised);
        border: 1px solid transparent;
        border-bottom-color: var(--quiet);
        border-radius: 3px 3px 0 0;
        padding: 0.4rem 0.6rem;
      }
      .drop {
        border: 1px dashed var(--quiet);
        border-radius: 3px;
        padding: 0.6rem;
      }
      .drop[data-over="true"] {
        background: var(--raised);
        border-color: var(--accent);
      }
      img {
        display: block;
        max-width: 100%;
        height: 10rem;
        object-fit: contain;
        object-position: left;
        margin-bottom: 0.5rem;
      }
      .file {
        display: inline;
        color: inherit;
        font-size: 1rem;
        text-decoration: underline;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
    `],d([u()],K.prototype,"value",2),d([u()],K.prototype,"language",2),d([u({attribute:!1})],K.prototype,"pictures",2),d([u({attribute:!1})],K.prototype,"picture",2),d([k()],K.prototype,"over",2),K=d([w("qkv-source")],K);var de=class extends P{constructor(){super(...arguments);this.steps=[];this.view=null;this.copied=null}render(){return this.steps.length===0?m:c`
      <h2>${this.say.stepsHeading}</h2>
      <ol>${this.steps.map(e=>this.renderStep(e))}</ol>
      <p>
        <button class="plain" type="button" @click=${()=>this.ask("qkv-question",{steps:[],alternative:0})}>
          ${this.say.takeAllBack}
        </button>
        <button class="plain" type="button" @click=${this.copy}>${this.say.copyAddress}</button>
        <span class="quiet" role="status">${this.copied===null?m:this.copied?this.say.addressCopied:this.say.addressNotCopied}</span>
      </p>
    `}renderStep(e){let s=this.sentence(e),n=`${this.say.takeBack}: ${s}`;return c`<li>
      <bdi>${s}</bdi>
      <button
        type="button"
        title=${this.say.takeBack}
        aria-label=${n}
        @click=${()=>this.ask("qkv-change",e)}
      >✕</button>
    </li>`}sentence(e){let{steps:s}=this.say;if(e.do==="force")return s.force(O(e.prefix));if(e.do==="hide")return s.hide(this.sourceWords(e.columns));if(e.do==="headOff")return s.headOff(e.kind,e.layer,e.head);let n=s[e.do](this.resultWord(e.rows),this.sourceWords(e.columns));return e.layer===null&&e.head===null?n:n+this.say.inHead(e.layer,e.head)}sourceWords(e){let s=this.view?.sides[0];return this.view?.picture?e.map(n=>this.say.region(s?.tokens[n]??"?")).join(", "):e.map((n,i)=>(i?s?.spaces[n]??"":"")+O(s?.tokens[n]??"?")).join("")}resultWord([e]){let s=this.view?.sides[Ne].tokens[e];return s===void 0?this.say.atToken(e+1):this.say.atWord(e+1,O(s))}async copy(){try{await navigator.clipboard.writeText(location.href),this.copied=!0}catch{this.copied=!1}}};de.styles=[b,M,y`
      :host {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: 0.75rem;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 0.6rem;
        margin: 0.3rem 0;
      }
      li {
        border: 1px solid var(--rule);
        background: var(--raised);
        border-radius: 3px;
        padding: 0.1rem 0.1rem 0.1rem 0.6rem;
        overflow-wrap: anywhere;
      }
      li button {
        min-width: 1.75rem;
        min-height: 1.75rem;
        color: var(--quiet);
      }
      li button:hover {
        color: var(--accent);
      }
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
      }
    `],d([u({attribute:!1})],de.prototype,"steps",2),d([u({attribute:!1})],de.prototype,"view",2),d([k()],de.prototype,"copied",2),de=d([w("qkv-steps")],de);var cn="\u6211\u4ECA\u5929\u65E9\u4E0A\u5728\u516C\u56ED\u770B\u5230\u4E86\u4E00\u53EA\u975E\u5E38\u53EF\u7231\u7684\u5C0F\u732B",mr="\u6211\u559C\u6B22\u5496\u5561",Q=[{needs:"fixed",text:cn,part:"result",map:"cross",word:null,hidden:null},{needs:"attention",text:cn,part:"view",map:"cross",word:null,hidden:null},{needs:"attention",text:mr,part:"chosen",map:"cross",word:"coffee",hidden:null},{needs:"transformer",text:mr,part:"view",map:"encoder",word:null,hidden:null},{needs:"transformer",text:mr,part:"steps",map:"cross",word:null,hidden:"\u5496\u5561"}],ao=({kind:r,architecture:t,attention:e},s)=>r==="translation"&&{fixed:e==="none",attention:t==="rnn"&&e!=="none",transformer:t==="transformer"}[s];function fr({needs:r},t){let e=t.filter(s=>ao(s,r));return e.find(({source:s})=>s==="zh")??e[0]}function dn({word:r},t){if(r===null||t.length<2)return null;let e=t.findIndex(({text:s})=>s.includes(r));return e<0?t.length-2:e}function pn({hidden:r},t){let e=r===null?[]:lo(t.sides[0],r);return e.length?[{do:"hide",columns:e}]:[]}function lo({tokens:r,spaces:t},e){let s="",n=r.map((a,l)=>{let h=s.length+t[l].length;return s+=t[l]+a,[h,s.length]}),i=s.indexOf(e);if(i<0)return[];let o=i+e.length;return n.flatMap(([a,l],h)=>a<o&&l>i?[h]:[])}var xe=class extends P{constructor(){super(...arguments);this.wrong=!1}render(){return c`
      <h2>${this.say.tokenHeading}</h2>
      <p class="quiet">${this.say.tokenExplained}</p>
      ${this.wrong?c`<p role="alert">${this.say.tokenWrong}</p>`:m}
      <form @submit=${this.send}>
        <label for="token">${this.say.tokenLabel}</label>
        <input id="token" type="password" autocomplete="off">
        <button class="chip" type="submit">${this.say.tokenSend}</button>
      </form>
    `}firstUpdated(){this.input.focus()}send(e){e.preventDefault(),this.input.value!==""&&this.ask("qkv-token",this.input.value)}};xe.styles=[b,M,y`
      :host {
        max-width: 32rem;
        padding: 1rem 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        align-items: baseline;
        margin-top: 0.5rem;
      }
    `],d([u({attribute:!1})],xe.prototype,"wrong",2),d([B("input")],xe.prototype,"input",2),xe=d([w("qkv-token")],xe);var re=class extends P{constructor(){super(...arguments);this.stop=0;this.lacking=!1;this.side="right"}updated(e){e.has("stop")&&this.heading.focus({preventScroll:!0})}render(){let{title:e,text:s}=this.say.tour[this.stop];return c`
      <section aria-label=${this.say.tourHeading}>
        <p class="quiet">${this.say.tourStep(this.stop+1,Q.length)}</p>
        <h2 tabindex="-1">${e}</h2>
        ${this.lacking?c`<p role="alert">${this.say.tourLacks(this.say.lacks[Q[this.stop].needs])}</p>`:m}
        ${s.map(n=>c`<p>${n}</p>`)}
        <p class="buttons">
          ${this.renderButton(this.say.back,this.stop-1)}
          ${this.renderButton(this.say.next,this.stop+1)}
          <button class="chip" type="button" @click=${()=>this.ask("qkv-tour",null)}>${this.say.end}</button>
        </p>
      </section>
    `}renderButton(e,s){return c`<button
      class="chip"
      type="button"
      ?disabled=${!(s in Q)}
      @click=${()=>this.ask("qkv-tour",s)}
    >${e}</button>`}};re.styles=[b,M,y`
      :host {
        position: fixed;
        z-index: 3;
        inset: auto 1rem 1rem auto;
        width: min(30rem, calc(100vw - 2rem));
        max-height: 60vh;
        overflow-y: auto;
        background: var(--paper);
        border: 2px solid var(--accent);
        border-radius: 4px;
        padding: 0.75rem 1rem;
        box-shadow: 0 4px 24px rgb(0 0 0 / 25%);
      }
      :host([side="left"]) {
        inset: auto auto 1rem 1rem;
      }
      h2 {
        font: 400 1.25rem/1.3 var(--serif);
      }
      h2:focus {
        outline: none;
      }
      p + p {
        margin-top: 0.4rem;
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
      }
      button:disabled {
        border-color: var(--rule);
      }
    `],d([u({attribute:!1})],re.prototype,"stop",2),d([u({attribute:!1})],re.prototype,"lacking",2),d([u({reflect:!0})],re.prototype,"side",2),d([B("h2")],re.prototype,"heading",2),re=d([w("qkv-tour")],re);var un={zh:"\u6211\u559C\u6B22\u5496\u5561",de:"Ein Mann liest ein Buch.",en:"I like coffee."},co=[400,404,422],po=({status:r})=>r===401||r===403&&cr(),L=class extends P{constructor(){super(...arguments);this.models=null;this.question=ar;this.picture=null;this.selection={panes:[],unit:"words",scale:null,...A};this.hover=A;this.now=null;this.former=null;this.stop=null;this.note="";this.failure=null;this.live=new Mt(this,()=>this.answered());this.arriving=null;this.addressChanged=()=>{this.question=lr(location.hash),this.live.ask(this.asked,this.image,0)};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(A)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.question=lr(location.hash),this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}get model(){let e=this.models??[];return e.find(({name:s})=>s===this.question.model)??e[0]??null}get asked(){return{...this.question,model:this.question.model??this.model?.name??null}}get captioning(){return this.model?.kind==="captioning"}get image(){return this.captioning?this.picture?.sent??"":null}async open(){try{this.models=await sn(new AbortController().signal),this.failure=null}catch(n){this.failure=n instanceof N?n:new N(0,String(n));return}let{source:e}=this.model??{};location.hash.length<2&&(this.question={...ar,text:un[e??"en"]??un.en});let s=new URLSearchParams(location.hash.slice(1)).get("tour");s===null?this.live.ask(this.asked,this.image,0):this.goTo(Number(s)-1)}put(e,{pause:s=0,replace:n=!1}={}){this.question={...this.question,...e};let i=`#${Ks(this.question)}`;n?history.replaceState(null,"",i):i!==location.hash&&history.pushState(null,"",i),this.live.ask(this.asked,this.image,s)}questioned({text:e,model:s,...n}){if(this.note="",e===void 0&&s===void 0){this.put(n);return}let i={steps:[],alternative:0,...n};this.question.steps.length>0&&(this.note=this.say.textIsNew),this.selection={...this.selection,...A},e!==void 0&&this.put({...i,text:e},{pause:void 0,replace:!0}),s!==void 0&&this.put({...i,model:s})}change(e){this.note="",this.put({steps:Fs(this.question.steps,e),alternative:0})}answered(){let{before:e,after:s}=this.live.answer,n=i=>i?{...i,alternatives:[]}:null;this.now=n((s??e)?.view),this.former=s?n(e?.view):null,this.now&&this.fitSelection(this.now),this.now&&this.arriving&&this.arrive(this.arriving,this.now)}fitSelection(e){let[s]=this.selection.panes,n=s&&e.maps[s.map]?.layers[s.layer],o=n&&(s.head===null||s.head<n.heads.length)?s:Ye(0,e);this.selection={...this.selection,panes:[o,o]}}select(e){let[s,n]=e.panes??this.selection.panes,i=s===this.selection.panes[0]?n:s;this.selection={...this.selection,...e,panes:i?[i,i]:[]}}async takePicture(e){if(this.note="",e.type.startsWith("image/")?e.size>8388608&&(this.note=this.say.pictureTooLarge(e.name)):this.note=this.say.notAPicture(e.name),this.note)return;let s=this.picture===null?this.question.steps:[];this.picture=await hn(e),this.put({steps:s,alternative:0})}goTo(e){if(this.stop=e!==null&&e in Q?e:null,this.arriving=null,this.note="",this.stop===null)return;let s=Q[this.stop],n=fr(s,this.models??[]);n&&(this.arriving=s,this.selection={...this.selection,...A},this.put({model:n.name,text:s.text,steps:[],alternative:0}))}arrive(e,s){this.arriving=null;let n=s.maps.findIndex(({kind:o})=>o===e.map);if(n>=0){let o=Ye(0,s,n),a=D(s.sides[s.maps[n].rows],this.selection.unit),l=dn(e,a);this.selection={...this.selection,panes:[o,o],row:l,column:null}}let i=pn(e,s);i.length>0&&this.put({steps:i}),this.updateComplete.then(()=>this.renderRoot.querySelector(`#${e.part}`)?.scrollIntoView({block:"nearest"}))}hovered({detail:e}){this.hover=e}giveToken(e){tn(e),this.failure=null,this.open()}updated(e){super.updated(e),document.title=this.say.documentTitle}render(){let e=this.failure??this.live.failure,s=e!==null&&po(e);return c`
      ${this.renderHeader()}
      <main
        @qkv-question=${({detail:n})=>this.questioned(n)}
        @qkv-change=${({detail:n})=>this.change(n)}
        @qkv-picture=${({detail:n})=>this.takePicture(n)}
        @qkv-select=${({detail:n})=>this.select(n)}
        @qkv-hover=${this.hovered}
        @qkv-token=${({detail:n})=>this.giveToken(n)}
      >
        ${s?c`<qkv-token .wrong=${cr()}></qkv-token>`:[this.renderAsk(),e?this.renderFailure(e):m,this.renderLook()]}
      </main>
      ${this.stop===null?m:c`<qkv-tour
            .stop=${this.stop}
            .side=${Q[this.stop].part==="chosen"?"left":"right"}
            .lacking=${!fr(Q[this.stop],this.models??[])}
            @qkv-tour=${({detail:n})=>this.goTo(n)}
          ></qkv-tour>`}
    `}renderHeader(){let e=document.documentElement.dataset.size==="large";return c`
      <header>
        <h1>qkv <span class="quiet">${this.say.subtitle}</span></h1>
        ${this.models?this.renderModels(this.models):m}
        <div class="switches">
          <button class="plain" type="button" @click=${()=>this.goTo(0)}>${this.say.takeTour}</button>
          <button class="plain" type="button" aria-pressed=${e} @click=${this.switchType}>
            ${this.say.largeType}
          </button>
          <qkv-preferences-switch></qkv-preferences-switch>
        </div>
      </header>
    `}switchType(){let{dataset:e}=document.documentElement;e.size==="large"?delete e.size:e.size="large",this.requestUpdate()}renderModels(e){let{model:s}=this;return c`
      <label class="model">${this.say.model}
        <select
          @change=${({target:n})=>this.questioned({model:n.value})}
        >
          ${e.map(n=>c`<option value=${n.name} .selected=${n===s}>${this.modelName(n)}</option>`)}
        </select>
      </label>
    `}modelName({name:e,kind:s,source:n,target:i,architecture:o,attention:a}){let l=s==="captioning"?this.say.captions:n&&i?`${n} \u2192 ${i}`:"",h=a==="none"?this.say.withoutAttention:this.say.withAttention(a),p=this.say.architectures[o]??o;return[e,l,o==="rnn"?p+this.text.comma+h:p].filter(v=>v!=="").join(" \xB7 ")}renderAsk(){let{before:e,after:s}=this.live.answer,{question:n}=this;return c`
      <section class="ask">
        <qkv-source
          .value=${n.text}
          .language=${this.model?.source??null}
          .pictures=${this.captioning}
          .picture=${this.picture?.shown??null}
        ></qkv-source>
        <qkv-result
          id="result"
          class=${this.pointedAt("result")}
          .former=${e?.view??null}
          .changedTo=${s?.view??null}
          .captioning=${this.captioning}
          .working=${this.live.working}
          .unit=${this.selection.unit}
          .alternative=${n.alternative}
          .row=${this.rowOfResult}
        ></qkv-result>
      </section>
      ${this.note?c`<p class="note" role="status">${this.note}</p>`:m}
      ${this.captioning&&!this.picture&&n.steps.length>0?c`<p class="note">${this.say.sharedWithoutPicture}</p>`:m}
      <qkv-steps
        id="steps"
        class=${this.pointedAt("steps")}
        .steps=${n.steps}
        .view=${this.now}
      ></qkv-steps>
    `}get result(){let{before:e,after:s}=this.live.answer;return(s??e)?.result??null}get rowOfResult(){let e=this.now?.maps[this.selection.panes[0]?.map??0];return!e||e.rows===1?this.selection.row:null}pointedAt(e){return this.stop!==null&&Q[this.stop].part===e?"pointed":m}renderFailure({status:e,sentence:s}){let n=s!==""&&co.includes(e),i=this.say.failures[e]??this.say.failure(e);return c`<p class="failure" role="alert">
      ${n?this.say.serversWords(s):i}
      <button class="plain" type="button" @click=${this.tryAgain}>${this.say.tryAgain}</button>
    </p>`}tryAgain(){this.models?this.live.ask(this.asked,this.image,0):this.open()}renderLook(){let{now:e}=this;if(!e)return m;let s=this.former;return c`
      <div class="look">
        <div id="view" class="panes ${this.pointedAt("view")===m?"":"pointed"}" data-count=${s?2:1}>
          ${s?this.renderView(s,1,this.say.before):m}
          ${this.renderView(e,0,s?this.say.after:"")}
        </div>
        <aside>
          <qkv-chosen
            id="chosen"
            class=${this.pointedAt("chosen")}
            .question=${this.asked}
            .image=${this.image}
            .model=${this.model}
            .view=${e}
            .result=${this.result}
            .selection=${this.selection}
          ></qkv-chosen>
          <qkv-heads-off
            ?hidden=${!this.model?.changes.includes("heads_off")}
            .layers=${this.model?.layers??null}
            .steps=${this.question.steps}
          ></qkv-heads-off>
        </aside>
      </div>
    `}renderView(e,s,n){return c`<section aria-label=${n||m}>
      ${n?c`<h2>${n}</h2>`:m}
      <qkv-view .view=${e} .place=${s} .selection=${this.selection} .hover=${this.hover}></qkv-view>
    </section>`}};L.styles=[b,M,y`
      :host {
        max-width: 110rem;
        margin: 0 auto;
        padding: 0.75rem clamp(0.75rem, 3vw, 2.5rem) 6rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 2rem;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.5rem/1.3 var(--serif);
      }
      .model {
        max-width: 100%;
      }
      .model select {
        color: var(--ink);
        font-size: 1rem;
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        align-items: baseline;
        margin-inline-start: auto;
        font-size: 0.875rem;
      }
      .switches > button[aria-pressed="true"] {
        text-decoration: none;
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
      main {
        container-type: inline-size;
      }
      .ask {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem 2.5rem;
        padding: 1rem 0 0.75rem;
      }
      .look {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem 2.5rem;
        margin-top: 0.75rem;
        border-top: 1px solid var(--rule);
      }
      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0 2.5rem;
        min-width: 0;
      }
      .panes h2 {
        margin-top: 0.75rem;
      }
      aside {
        padding-top: 0.75rem;
        min-width: 0;
        order: -1;
      }
      qkv-heads-off {
        margin-top: 1rem;
        border-top: 1px solid var(--rule);
        padding-top: 0.75rem;
      }
      @container (min-width: 60rem) {
        .ask {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .look {
          grid-template-columns: minmax(0, 1fr) minmax(20rem, 28rem);
        }
        aside {
          order: 0;
          position: sticky;
          top: 0;
          align-self: start;
          max-height: 100vh;
          overflow-y: auto;
          padding-bottom: 1rem;
        }
      }
      @container (min-width: 70rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
      .note,
      .failure {
        padding: 0.4rem 0.75rem;
        background: var(--raised);
        border-inline-start: 3px solid var(--quiet);
        margin: 0.25rem 0;
        overflow-wrap: anywhere;
      }
      .failure {
        border-color: var(--accent);
      }
      #chosen.pointed {
        outline-offset: -2px !important;
        padding: 0.5rem;
      }
      .pointed {
        outline: 2px solid var(--accent);
        outline-offset: 6px;
        border-radius: 2px;
      }
    `],d([k()],L.prototype,"models",2),d([k()],L.prototype,"question",2),d([k()],L.prototype,"picture",2),d([k()],L.prototype,"selection",2),d([k()],L.prototype,"hover",2),d([k()],L.prototype,"now",2),d([k()],L.prototype,"former",2),d([k()],L.prototype,"stop",2),d([k()],L.prototype,"note",2),d([k()],L.prototype,"failure",2),L=d([w("qkv-page")],L);Or(document);document.adoptedStyleSheets.push(js.styleSheet);})();
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
@lit/reactive-element/decorators/custom-element.js:
@lit/reactive-element/decorators/property.js:
@lit/reactive-element/decorators/state.js:
@lit/reactive-element/decorators/event-options.js:
@lit/reactive-element/decorators/base.js:
@lit/reactive-element/decorators/query.js:
@lit/reactive-element/decorators/query-all.js:
@lit/reactive-element/decorators/query-async.js:
@lit/reactive-element/decorators/query-assigned-nodes.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/decorators/query-assigned-elements.js:
  (**
   * @license
   * Copyright 2021 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
