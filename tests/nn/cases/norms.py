"""Batch, instance, layer, RMS, group and local response normalisation."""

from tests.nn.cases import bad, case, function, made, positive, real

STATS = {"running_mean": real(3, grad=False), "running_var": positive(3)}
BACKWARD = "PyTorch's gradient here cannot be differentiated again"
ANOTHER = "PyTorch's gradient here is not that of its result"


def twice(layer, x):
    """Two calls, so that the running statistics move twice."""
    return layer(x) + layer(x * 2)


def converted(ag, nn):
    """A network whose batch norm was made a synchronised one."""
    return nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2, momentum=None)))


CASES = [
    # batch norm
    case("BatchNorm1d", 3, inputs=[real(5, 3)]),
    case("BatchNorm1d", 3, 0.1, 0.3, inputs=[real(2, 3, 4)], call=twice),
    case("BatchNorm1d", 3, momentum=None, inputs=[real(5, 3)], call=twice),
    case("BatchNorm1d", 3, affine=False, inputs=[real(5, 3)]),
    case("BatchNorm1d", 3, track_running_stats=False, inputs=[real(5, 3)]),
    case("BatchNorm1d", 3, bias=False, inputs=[real(2, 3, 2)]),
    case("BatchNorm1d", 3, affine=False, track_running_stats=False, inputs=[real(5, 3)]),
    case("BatchNorm2d", 2, inputs=[real(2, 2, 3, 3)]),
    case("BatchNorm2d", 2, inputs=[real(2, 2, 8, 9)]),
    case("BatchNorm2d", 3, momentum=1.0, inputs=[real(1, 3, 2, 2)]),
    case("BatchNorm3d", 2, inputs=[real(2, 2, 2, 1, 3)]),
    case("SyncBatchNorm", 2, inputs=[real(4, 2)], call=twice),
    case("SyncBatchNorm", 2, 1e-3, None, inputs=[real(2, 2, 3)], call=twice),
    case("Sequential", made(converted), inputs=[real(4, 3)]),
    bad("BatchNorm1d", 3, inputs=[real(3)], text="expected 2D or 3D input"),
    bad("BatchNorm1d", 3, inputs=[real(1, 3, 2, 2)], text="expected 2D or 3D input"),
    bad("BatchNorm2d", 3, inputs=[real(2, 3, 2)], text="expected 4D input"),
    bad("BatchNorm3d", 3, inputs=[real(2, 3, 2, 2)], text="expected 5D input"),
    bad("SyncBatchNorm", 3, inputs=[real(3)], text="at least 2D"),
    bad("SyncBatchNorm", 3, inputs=[real(2, 0)], text="non-zero"),
    bad("BatchNorm1d", 3, track_running_stats=False, inputs=[real(1, 3)], text="more than 1 value per channel"),
    bad("BatchNorm1d", 3, eps=0.0, track_running_stats=False, inputs=[real(2, 3)], text="must be positive"),
    bad("batch_norm", inputs=[real(2, 3), *STATS.values()], eps=-1.0, space="functional", text="non-negative"),
    # instance norm
    case("InstanceNorm1d", 3, inputs=[real(2, 3, 4)]),
    case("InstanceNorm1d", 3, inputs=[real(3, 4)]),
    case("InstanceNorm1d", 3, 0.1, 0.3, True, True, inputs=[real(2, 3, 4)], call=twice),
    case("InstanceNorm1d", 3, affine=True, bias=False, inputs=[real(2, 3, 4)]),
    case("InstanceNorm1d", 3, track_running_stats=True, inputs=[real(3, 4)]),
    case("InstanceNorm1d", 3, momentum=None, track_running_stats=True, inputs=[real(2, 3, 4)]),
    case("InstanceNorm1d", 5, inputs=[real(2, 3, 4)], warns="does not match num_features"),
    case("InstanceNorm2d", 2, affine=True, inputs=[real(2, 2, 8, 8)]),
    case("InstanceNorm2d", 2, inputs=[real(2, 3, 3)]),
    case("InstanceNorm3d", 2, affine=True, inputs=[real(1, 2, 2, 1, 2)]),
    case("InstanceNorm3d", 2, inputs=[real(2, 2, 1, 2)]),
    bad("InstanceNorm1d", 3, affine=True, inputs=[real(2, 4, 4)], text="to match num_features"),
    bad("InstanceNorm1d", 3, inputs=[real(3)], text="expected 2D or 3D input"),
    bad("InstanceNorm2d", 3, inputs=[real(2, 3)], text="expected 3D or 4D input"),
    bad("InstanceNorm1d", 3, inputs=[real(2, 3, 1)], text="more than 1 spatial element"),
    # layer and RMS norm
    case("LayerNorm", 4, inputs=[real(2, 3, 4)]),
    case("LayerNorm", (3, 4), inputs=[real(2, 3, 4)]),
    case("LayerNorm", [4], 0.1, inputs=[real(4)]),
    case("LayerNorm", 4, elementwise_affine=False, inputs=[real(2, 4)]),
    case("LayerNorm", 4, bias=False, inputs=[real(2, 4)]),
    case("LayerNorm", 600, inputs=[real(2, 600)]),
    case("RMSNorm", 4, inputs=[real(2, 3, 4)]),
    case("RMSNorm", [3, 4], 0.1, inputs=[real(2, 3, 4)]),
    case("RMSNorm", 4, elementwise_affine=False, inputs=[real(2, 4)]),
    bad("LayerNorm", 4, inputs=[real(2, 3)], text="expected input with shape"),
    bad("LayerNorm", (), inputs=[real(2, 3)], text="at least 1-dimensional"),
    bad("RMSNorm", 4, inputs=[real(2, 3)], text="expected input with shape"),
    # group norm
    case("GroupNorm", 2, 4, inputs=[real(2, 4, 3)]),
    case("GroupNorm", 4, 4, 0.1, inputs=[real(2, 4, 3)]),
    case("GroupNorm", 1, 4, affine=False, inputs=[real(2, 4)]),
    case("GroupNorm", 2, 4, bias=False, inputs=[real(2, 4, 8, 9)]),
    bad("GroupNorm", 3, 4, text="must be divisible"),
    bad("GroupNorm", 2, 4, inputs=[real(2, 3, 3)], text="divisible by num_groups"),
    bad("GroupNorm", 2, 4, inputs=[real(4)], text="at least 2 dimensions"),
    bad("GroupNorm", 4, 4, inputs=[real(1, 4)], text="more than 1 value per channel"),
    # local response
    case("LocalResponseNorm", 3, inputs=[real(2, 5, 3)]),
    case("LocalResponseNorm", 2, 0.5, 1.5, 2.0, inputs=[real(2, 3, 2, 2)]),
    case("LocalResponseNorm", 1, inputs=[real(1, 3, 2, 1, 2)]),
    case("CrossMapLRN2d", 5, 0.5, inputs=[real(2, 3, 2, 2, grad=False)], second=False, because=ANOTHER),
    case("CrossMapLRN2d", 4, 0.5, 0.5, 2, inputs=[real(1, 2, 2, 2, grad=False)], second=False, because=ANOTHER),
    bad("LocalResponseNorm", 3, inputs=[real(2, 5)], text="3D or higher"),
    bad("LocalResponseNorm", 0, inputs=[real(2, 5, 2)], text="greater than zero"),
    bad("CrossMapLRN2d", 3, inputs=[real(2, 5, 2)], text="4D"),
    # functions
    function("batch_norm", inputs=[real(4, 3), real(3, grad=False), positive(3)]),
    function("batch_norm", inputs=[real(2, 3, 2), real(3, grad=False), positive(3), real(3), real(3)], training=True),
    function("batch_norm", inputs=[real(2, 3, 9, 8), real(3, grad=False), positive(3), real(3)], momentum=0.5, eps=0.1),
    function("batch_norm", inputs=[real(2, 3, 24, 25), None, None, real(3), real(3)], training=True),
    function(
        "batch_norm", inputs=[real(0, 3), None, None, real(3), real(3)], training=True, second=False, because="empty"
    ),
    function("instance_norm", inputs=[real(2, 3, 4)]),
    function("instance_norm", inputs=[real(2, 3, 4), real(3, grad=False), positive(3), real(3)], use_input_stats=False),
    function("instance_norm", inputs=[real(2, 3, 4)], weight=positive(3), bias=positive(3), eps=0.1, **STATS),
    function("layer_norm", inputs=[real(2, 3, 4), (3, 4), real(3, 4), real(3, 4)], eps=0.1),
    function("layer_norm", inputs=[real(2, 3), [3], None, real(3)], second="numeric", because=BACKWARD),
    function("rms_norm", inputs=[real(2, 3, 4), (3, 4), real(3, 4)], eps=0.1),
    function("group_norm", inputs=[real(2, 4, 3), 2, real(4), real(4)], eps=0.1),
    function("local_response_norm", inputs=[real(2, 5, 3), 4], alpha=0.3, beta=0.5, k=2.0),
    function("layer_norm", inputs=[real(2, 3), (3,), real(3)], space="top"),
    function("rms_norm", inputs=[real(2, 3), (3,)], space="top"),
    function("group_norm", inputs=[real(2, 6), 2], space="top"),
    function("batch_norm", inputs=[real(4, 3), None, None, None, None, True, 0.1, 1e-5, False], space="top"),
    function("instance_norm", inputs=[real(2, 3, 4), None, None, None, None, True, 0.1, 1e-5, False], space="top"),
    function("native_layer_norm", inputs=[real(2, 3), (3,), real(3), None, 1e-5], space="top"),
    function("native_batch_norm", inputs=[real(4, 3), real(3), None, None, None, True, 0.1, 1e-5], space="top"),
    function(
        "native_batch_norm",
        inputs=[real(4, 3), real(3), None, real(3, grad=False), positive(3), False, 0.1, 1e-5],
        space="top",
    ),
    bad("batch_norm", inputs=[real(2, 3), real(3, grad=False), None], space="functional", text="running_var must be"),
    bad(
        "batch_norm",
        inputs=[real(2, 3), real(3, grad=False), None],
        training=True,
        space="functional",
        text="either both",
    ),
    bad("batch_norm", inputs=[real(2, 3), None, None], space="functional", text="must be defined in evaluation"),
    bad("batch_norm", inputs=[real(2, 3), real(2, grad=False), positive(3)], space="functional", text="should contain"),
    bad("batch_norm", inputs=[real(2, 3), real(3), positive(3)], space="functional", text="must not require grad"),
    bad(
        "batch_norm", inputs=[real(2, 3), None, None, real(2)], training=True, space="functional", text="weight should"
    ),
    bad(
        "batch_norm",
        inputs=[real(2, 3), *STATS.values()],
        momentum=None,
        training=True,
        space="functional",
        text="momentum",
    ),
    bad(
        "batch_norm", inputs=[real(3), None, None, None, None, True, 0.1, 1e-5, False], space="top", text="out of range"
    ),
    bad("instance_norm", inputs=[real(2, 3, 4), real(3, grad=False)], space="functional", text="either both"),
    bad("instance_norm", inputs=[real(2, 3, 4)], use_input_stats=False, space="functional", text="to be defined"),
    bad("layer_norm", inputs=[real(2, 3), 3], space="functional", text="tuple of ints"),
    bad("layer_norm", inputs=[real(2, 3), (3,), real(2)], space="functional", text="same shape"),
    bad("rms_norm", inputs=[real(2, 3), (3,), real(2)], space="functional", text="same shape"),
    bad("group_norm", inputs=[real(2, 4, 2), 2.0], space="functional", text="must be int"),
    bad("group_norm", inputs=[real(2, 4, 2), 2, real(3)], space="functional", text="weight"),
]
